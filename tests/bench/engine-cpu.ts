import { parseCommand } from '../../src/commands/parse-command.ts';
import { statusComment } from '../../src/messages/status-comment.ts';
import { runInMemory } from '../runs/memory-host.ts';

const FILES = 1_000;
const RUNS = 50;
const BODY = '@conductor fix the rounding bug';

const files = Object.fromEntries(
  Array.from({ length: FILES }, (_, index) => [`src/file-${index}.js`, `export const n = ${index};\n`]),
);
const scenes = [
  {
    turns: [
      {
        tool_calls: [
          { name: 'search_code', input: { text: 'n = 5;' } },
          { name: 'read_file', input: { path: 'src/file-5.js' } },
        ],
      },
      { tool_calls: [{ name: 'edit_file', input: { path: 'src/file-5.js', old: '5', new: '6' } }] },
      { tool_calls: [{ name: 'finish', input: { summary: 'Five is six now.' } }] },
    ],
  },
];

/** CPU of a whole run in memory: 1,000 files, three model turns, one edit, a verdict; its peer parses one mention and renders one comment. */
export async function engineCpu(): Promise<{ readonly milliseconds: number; readonly ratio: number }> {
  const { outcome, view } = await run();
  if (outcome.code !== 'pull_request_opened')
    throw new Error(`The measured run ended with ${outcome.code}: ${outcome.message}`);
  const milliseconds = (await cpu(RUNS, run)) / 1000;
  const peer = await cpu(RUNS * 10, async () => {
    parseCommand(BODY, { trigger: 'conductor' });
    statusComment(view, 'conductor');
  });
  return { milliseconds, ratio: (milliseconds * 1000) / peer };
}

const run = () => runInMemory({ body: BODY, files, scenes });

async function cpu(times: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
