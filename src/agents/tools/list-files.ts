import { z } from 'zod';
import { defineTool, said } from './tool.ts';

const MOST = 500;

export const listFiles = defineTool({
  name: 'list_files',
  description: `Paths of the repository's files, sorted. Optionally only those under a folder. At most ${MOST}.`,
  input: z.strictObject({ folder: z.string().max(4096).optional() }),
  target: ({ folder }) => folder ?? '',
  async use({ folder }, overlay) {
    const prefix = folder ? `${folder.replace(/\/+$/, '')}/` : '';
    const paths = (await overlay.list()).filter((path) => path.startsWith(prefix));
    if (paths.length === 0)
      return said(folder ? `No files under ${folder}.` : 'The repository has no files.');
    const more = paths.length > MOST ? `\n(${paths.length - MOST} more; name a folder)` : '';
    return said(paths.slice(0, MOST).join('\n') + more);
  },
});
