import { z } from 'zod';
import { pathProblem } from '../../changes/paths.ts';
import { defineTool, refused, said } from './tool.ts';

export const renameFile = defineTool({
  name: 'rename_file',
  description: 'Moves a file to a new path that is free.',
  edits: true,
  input: z.strictObject({ path: z.string().max(4096), to: z.string().max(4096) }),
  target: ({ path, to }) => `${path} → ${to}`,
  async use({ path, to }, overlay) {
    const problem = pathProblem(to);
    if (problem) return refused(`${problem.message} ${problem.hint}`);
    const renamed = await overlay.rename(path, to);
    return renamed.ok ? said(`Renamed ${path} to ${to}.`) : refused(renamed.message);
  },
});
