import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';

/** Of its last words so many characters are kept, or up to twice as many. */
const LONGEST_WORDS = 20_000;

/**
 * Any program that edits files in its working directory. It is told nothing in its arguments: the request is in the
 * file that CONDUCTOR_REQUEST_FILE names. Exit code 0 is success, and what it prints is its answer.
 */
export const command: CliAdapter = {
  kind: 'command',
  title: 'The command',
  program: (runner) => (runner.kind === 'command' ? runner.command[0] : ''),
  wires: null,

  launch({ model, gateway, requestFile }, runner) {
    const speaksAnthropic = gateway?.wire === 'messages';
    return {
      args: runner.kind === 'command' ? runner.command.slice(1) : [],
      env: {
        CONDUCTOR_REQUEST_FILE: requestFile,
        ...(gateway && {
          CONDUCTOR_MODEL: model,
          [speaksAnthropic ? 'ANTHROPIC_BASE_URL' : 'OPENAI_BASE_URL']: speaksAnthropic
            ? gateway.url
            : `${gateway.url}/v1`,
          [speaksAnthropic ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY']: gateway.key,
        }),
      },
      files: {},
      stdin: 'nothing',
    };
  },

  reader: () => readWords(),
};

function readWords(): EventReader {
  let words = '';
  return (line): CliEvent => {
    words += `${line}\n`;
    // Not at every line: to cut costs as much as is kept.
    if (words.length > 2 * LONGEST_WORDS) words = words.slice(-LONGEST_WORDS);
    return { state: 'busy', text: words };
  };
}
