import { readFileSync } from 'node:fs';
import { openGitWorkspace } from '../../src/github/git-workspace.ts';
import { cluesIn } from '../../src/threads/ranking/clues.ts';
import { indexFile, namesIn } from '../../src/threads/ranking/index-file.ts';
import { rankFiles } from '../../src/threads/ranking/rank-files.ts';
import { scorePaths } from '../../src/threads/ranking/score-paths.ts';
import { cpuOf } from '../durability/proc.ts';
import { CONFIG, runInMemory } from '../runs/memory-host.ts';
import { ownSource } from '../threads/own-source.ts';
import { generatedRepository } from './generated-repository.ts';

const LARGE = 100_000;
const MIDDLE = 10_000;
const ROUNDS = 5;
const RUNS = 10;
const REQUEST =
  'the total in mail/tax-4242.ts is rounded twice, see `taxStep254x3` and "the retry queue is full of tokens"';

export interface ContextFigures {
  /** Milliseconds, git's process included: what is listed and ranked by path. */
  readonly listAndRank: number;
  /** Milliseconds: the candidates read, indexed and ranked as well; without and with what was quoted searched for. */
  readonly rankByContent: number;
  /** Megabytes a second. */
  readonly names: number;
  readonly index: number;
  /** Milliseconds of CPU of a whole run on a repository of 10,000 files: our own, and git's. */
  readonly runCpu: number;
  readonly runGitCpu: number;
}

/** What it costs to find out where to look. The least of several rounds counts: the machine does other things, too. */
export async function contextFigures(): Promise<ContextFigures> {
  const large = await generatedRepository(LARGE);
  const clues = cluesIn([{ text: REQUEST, weight: 1 }]);
  const listAndRank = await least(async () => {
    const workspace = await openGitWorkspace(large.gitDir, large.commit);
    const paths = (await workspace.list()).map(({ path }) => path);
    if (scorePaths(paths, clues).size === 0) throw new Error('Nothing was found.');
    workspace.close();
  });
  const rankByContent = await least(async () => {
    const workspace = await openGitWorkspace(large.gitDir, large.commit);
    const [first] = await rankFiles(workspace, { ...clues, names: new Map(), phrases: [] }, []);
    if (!first?.path.endsWith('tax-4242.ts')) throw new Error(`${first?.path} was found first.`);
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
    names: (megabytes / (await least(() => all(namesIn)))) * 1000,
    index: (megabytes / (await least(() => all((text) => indexFile(text))))) * 1000,
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
  for (let warm = 0; warm < 3; warm++) await run();
  const before = { own: process.cpuUsage(), git: childrensCpu() };
  for (let time = 0; time < RUNS; time++) await run();
  const { user, system } = process.cpuUsage(before.own);
  return { runCpu: (user + system) / 1000 / RUNS, runGitCpu: (childrensCpu() - before.git) / RUNS };
}

/** Milliseconds of CPU of all children that have ended, to a hundredth of a second; 0 where there is no /proc. */
function childrensCpu(): number {
  if (cpuOf(process.pid) === 0) return 0;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number);
  return (user + system) * 10;
}

async function least(work: () => Promise<void>): Promise<number> {
  let time = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    time = Math.min(time, performance.now() - started);
  }
  return time;
}

if (import.meta.main) console.log(await contextFigures());
