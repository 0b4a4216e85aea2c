import { z } from 'zod';
import { defineTool } from './tool.ts';

export const requestApproval = defineTool({
  name: 'request_approval',
  description: 'Ends the run until somebody who may approve says yes or no to what you are about to do.',
  input: z.strictObject({ what: z.string().min(1).max(20_000) }),
  target: () => '',
  use: async ({ what }) => ({
    text: 'Asked.',
    isError: false,
    ends: { kind: 'approval', text: what },
  }),
});
