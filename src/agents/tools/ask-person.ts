import { z } from 'zod';
import { defineTool } from './tool.ts';

export const askPerson = defineTool({
  name: 'ask_person',
  description:
    'Ends the run with one question to the person who asked. Use it only when you cannot decide without them.',
  input: z.strictObject({ question: z.string().min(1).max(20_000) }),
  target: () => '',
  use: async ({ question }) => ({
    text: 'Asked.',
    isError: false,
    ends: { kind: 'question', text: question },
  }),
});
