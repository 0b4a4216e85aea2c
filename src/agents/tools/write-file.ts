import { z } from 'zod';
import { pathProblem } from '../../changes/paths.ts';
import { defineTool, refused, said } from './tool.ts';

export const writeFile = defineTool({
  name: 'write_file',
  description: 'Creates a file, or replaces its whole text.',
  edits: true,
  input: z.strictObject({ path: z.string().max(4096), content: z.string() }),
  target: ({ path }) => path,
  async use({ path, content }, overlay) {
    const problem = pathProblem(path);
    if (problem) return refused(`${problem.message} ${problem.hint}`);
    const written = await overlay.write(path, content);
    return written.ok
      ? said(`${written.value === 'created' ? 'Created' : 'Replaced'} ${path}.`)
      : refused(written.message);
  },
});
