import { z } from 'zod';
import { defineTool } from './tool.ts';

export const finish = defineTool({
  name: 'finish',
  description:
    'Ends the run. summary: your answer in Markdown or, when you edited files, what changed and why and how you checked it.',
  input: z.strictObject({ summary: z.string().min(1).max(60_000) }),
  target: () => '',
  use: async ({ summary }) => ({
    text: 'Finished.',
    isError: false,
    ends: { kind: 'finished', text: summary },
  }),
});
