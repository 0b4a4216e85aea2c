import type { Script } from './scripted.ts';

const usage = { input: 0, cache_read: 0, cache_write: 0, output: 0 };
const say = (name: string, input: unknown) => ({
  text: '',
  tool_calls: [{ name, input }],
  usage,
  delay_ms: 0,
});

/**
 * What `agent.type: mock` plays when the repository has no script of its own: a fix writes one note, everything else
 * is answered. Enough to try an installation, its permissions and its policy without a model.
 */
export const BUILT_IN_SCRIPT: Script = {
  version: 1,
  scenes: [
    {
      when: ['asks you to fix'],
      turns: [
        say('list_files', {}),
        say('write_file', {
          path: 'docs/conductor-mock.md',
          content:
            '# Mock change\n\nWritten by the mock agent to try out this installation. Delete this file.\n',
        }),
        say('finish', {
          summary: 'Added a note to try out this installation. No model was asked; nothing else was changed.',
        }),
      ],
    },
    {
      when: [],
      turns: [
        say('finish', { summary: 'The mock agent heard you. It asks no model, so it has no opinion.' }),
      ],
    },
  ],
};
