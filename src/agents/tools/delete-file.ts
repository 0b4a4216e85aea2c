import { z } from 'zod';
import { defineTool, refused, said } from './tool.ts';

export const deleteFile = defineTool({
  name: 'delete_file',
  description: 'Deletes a file.',
  edits: true,
  input: z.strictObject({ path: z.string().max(4096) }),
  target: ({ path }) => path,
  async use({ path }, overlay) {
    const removed = await overlay.remove(path);
    return removed.ok ? said(`Deleted ${path}.`) : refused(removed.message);
  },
});
