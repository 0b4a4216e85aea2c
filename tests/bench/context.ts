import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openGitWorkspace } from '../../src/github/git-workspace.ts';
import { cluesIn } from '../../src/threads/ranking/clues.ts';
import { indexFile, namesIn } from '../../src/threads/ranking/index-file.ts';
import { rankFiles } from '../../src/threads/ranking/rank-files.ts';
import { scorePaths } from '../../src/threads/ranking/score-paths.ts';
import { cpuOf } from '../durability/proc.ts';
import { CONFIG, runInMemory } from '../runs/memory-host.ts';
import { ownSource } from '../threads/own-source.ts';
import { generatedRepository, pathOf } from './generated-repository.ts';

const LARGE = 100_000;
const MIDDLE = 10_000;
const ROUNDS = 10;
const MEANT = pathOf(4_242);
const REQUEST = `the total in ${MEANT.slice(MEANT.lastIndexOf('/') + 1)} is rounded twice when the retry queue is full of tokens`;

/** Milliseconds of CPU: wall time says more of what else the machine does. */
interface Cpu {
  readonly own: number;
  readonly git: number;
}

export interface ContextFigures {
  /** 100,000 files listed, and ranked by their paths. */
  readonly listAndRank: Cpu;
  /** The candidates among them read, indexed and ranked as well. */
  readonly rankByContent: Cpu;
  /** Megabytes a second: names alone, and with definitions. */
  readonly names: number;
  readonly index: number;
  /** A whole run on a repository of 10,000 files. */
  readonly run: Cpu;
}

/** What it costs to find out where to look. */
export async function contextFigures(): Promise<ContextFigures> {
  const large = await generatedRepository(LARGE);
  const clues = cluesIn([{ text: REQUEST, weight: 1 }]);
  const listAndRank = await cpu(async () => {
    const workspace = await openGitWorkspace(large.gitDir, large.commit);
    const paths = (await workspace.list()).map(({ path }) => path);
    if (scorePaths(paths, clues).size === 0) throw new Error('Nothing was found.');
    workspace.close();
  });
  const rankByContent = await cpu(async () => {
    const workspace = await openGitWorkspace(large.gitDir, large.commit);
    const [first] = await rankFiles(workspace, clues, []);
    if (first?.path !== MEANT) throw new Error(`${first?.path} was found first.`);
    workspace.close();
  });
  return { listAndRank, rankByContent, ...(await indexSpeed()), ...(await runOnGit()) };
}

async function indexSpeed() {
  const workspace = ownSource();
  const texts = await Promise.all(
    (await workspace.list()).map(async ({ path }) =>
      new TextDecoder().decode((await workspace.read(path)) ?? undefined),
    ),
  );
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  const all = async (work: (text: string) => unknown) => void texts.forEach(work);
  return {
    names: (megabytes / (await cpu(() => all(namesIn))).own) * 1000,
    index: (megabytes / (await cpu(() => all((text) => indexFile(text)))).own) * 1000,
  };
}

/** The run of engine-cpu.ts, on a real repository: opened, searched, read, ranked and judged through git. */
async function runOnGit() {
  const path = 'src/rounding.ts';
  const files = { [path]: 'export const rounded = 5;\n', '.github/conductor.yml': CONFIG };
  const { gitDir, commit } = await generatedRepository(MIDDLE, files);
  const calls = [
    [
      { name: 'search_code', input: { text: 'rounded = 5' } },
      { name: 'read_file', input: { path } },
    ],
    [{ name: 'edit_file', input: { path, old: '5', new: '6' } }],
    [{ name: 'finish', input: { summary: 'Five is six now.' } }],
  ];
  const scenes = [{ turns: calls.map((tool_calls) => ({ tool_calls })) }];
  async function run(): Promise<void> {
    const opened: { close(): void }[] = [];
    const { outcome } = await runInMemory({
      body: '@conductor fix the rounding bug in src/rounding.ts',
      scenes,
      commit,
      async workspaceAt(of) {
        const workspace = await openGitWorkspace(gitDir, of);
        opened.push(workspace);
        return workspace;
      },
    });
    for (const workspace of opened) workspace.close();
    if (outcome.code !== 'pull_request_opened')
      throw new Error(`The measured run ended with ${outcome.code}: ${outcome.message}`);
  }
  await run();
  return { run: await cpu(run) };
}

/**
 * Milliseconds of CPU of git, to a hundredth of a second: of our children that have ended, and of those that still run,
 * which start git for us, with all that they started; 0 where there is no /proc.
 */
function childrensCpu(): number {
  if (cpuOf(process.pid) === 0) return 0;
  const [, , user = 0, system = 0] = timesOf(process.pid);
  const running = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').match(/\d+/g) ?? [];
  return running.flatMap((pid) => timesOf(Number(pid))).reduce((sum, time) => sum + time, user + system);
}

/** Its own user and system time, and those of its children that have ended. */
function timesOf(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map((ticks) => Number(ticks) * 10);
}

/** Milliseconds of CPU: our own, the least of several rounds, and git's, on the average of them. */
async function cpu(work: () => Promise<void>): Promise<Cpu> {
  const before = childrensCpu();
  let own = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(started);
    own = Math.min(own, (user + system) / 1000);
  }
  // A process that was told to end is counted when it has ended.
  await setTimeout(50);
  return { own, git: (childrensCpu() - before) / ROUNDS };
}

if (import.meta.main) console.log(await contextFigures());
