import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shipped } from '../../src/hosts/shipped.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { EndedRun } from './ground.ts';

const BUNDLE = shipped('action/dist/index.js');
/** Events that the workflows of `examples/workflows/` start on. */
const TRIGGERS = [
  ...['issues', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_review_comment'],
  ...['check_suite', 'workflow_run'],
];
const READS = { contents: 'read', issues: 'read', pull_requests: 'read', metadata: 'read' } as const;
const WRITES = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'read',
  metadata: 'read',
} as const;

/** The jobs of a repository's workflows, each a process of the bundle, one after the other. */
export interface Jobs {
  settled(): Promise<void>;
  /** Those that have ended since this was asked last. */
  ended(): readonly EndedRun[];
  /** What they printed since then. */
  printed(): readonly string[];
  /** What one job handed to another since then, which whoever may read the repository can download; outputs; summaries. */
  handed(): readonly string[];
  /** From now on each event is two jobs, and this is done to what one hands to the other. Null: one job. */
  split(alters: ((path: string) => Promise<void>) | null): void;
  stop(): void;
}

export function startJobs(
  github: Simulator,
  repository: string,
  folder: string,
  variables: NodeJS.ProcessEnv,
): Jobs {
  const tokens = { read: github.jobToken(repository, READS), write: github.jobToken(repository, WRITES) };
  const files = join(folder, repository.replace('/', '-'));
  let last: Promise<void> = Promise.resolve();
  let ends: EndedRun[] = [];
  let texts: string[] = [];
  let artifacts: string[] = [];
  let alters: ((path: string) => Promise<void>) | null = null;
  let count = 0;
  const stop = github.onEvent(({ event, payload, byJobToken, repository: where }) => {
    // GitHub starts no workflow for what a job's own token did.
    if (!TRIGGERS.includes(event) || byJobToken || where !== repository) return;
    last = last.then(() => workflow(event, payload));
  });

  async function workflow(event: string, payload: unknown): Promise<void> {
    const between = alters;
    if (between === null) return job(event, payload, { INPUT_GITHUB_TOKEN: tokens.write });
    const path = `${files}-${count}-proposal.json`;
    const shared = { INPUT_PROPOSAL_PATH: path };
    await job(event, payload, { ...shared, INPUT_MODE: 'propose', INPUT_GITHUB_TOKEN: tokens.read });
    ends = [];
    artifacts.push(await readFile(path, 'utf8'));
    await between(path);
    await job(event, payload, { ...shared, INPUT_MODE: 'apply', INPUT_GITHUB_TOKEN: tokens.write });
  }

  async function job(event: string, payload: unknown, inputs: NodeJS.ProcessEnv): Promise<void> {
    count += 1;
    const [eventPath, outputPath, summaryPath] = ['event.json', 'output', 'summary.md'].map(
      (name) => `${files}-${count}-${name}`,
    ) as [string, string, string];
    await Promise.all([
      writeFile(eventPath, JSON.stringify(payload)),
      writeFile(outputPath, ''),
      writeFile(summaryPath, ''),
    ]);
    const log = await start({
      PATH: process.env.PATH,
      // What V8 made of the bundle is kept from job to job.
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      ...variables,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: repository,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_OUTPUT: outputPath,
      GITHUB_STEP_SUMMARY: summaryPath,
      RUNNER_TEMP: folder,
      ...inputs,
    });
    const written = await readFile(outputPath, 'utf8');
    texts.push(log);
    artifacts.push(written, await readFile(summaryPath, 'utf8'));
    const outputs = outputsIn(written);
    if (!outputs.get('run_id')) return;
    ends.push({ conclusion: outputs.get('conclusion') ?? '', verdict: outputs.get('verdict') || null });
  }

  return {
    async settled() {
      await github.settled();
      for (let waited: Promise<void> | null = null; waited !== last; ) {
        waited = last;
        await waited;
        await github.settled();
      }
    },
    ended() {
      const all = ends;
      ends = [];
      return all;
    },
    printed() {
      const all = texts;
      texts = [];
      return all;
    },
    handed() {
      const all = artifacts;
      artifacts = [];
      return all;
    },
    split: (how) => {
      alters = how;
    },
    stop,
  };
}

function start(env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [BUNDLE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
    child.on('error', reject);
    child.on('close', () => done(log));
  });
}

/** Reads what `core.setOutput` writes: `name<<delimiter`, lines, delimiter. */
function outputsIn(text: string): Map<string, string> {
  const found = text.matchAll(/^([a-z_]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
  return new Map([...found].map(([, name = '', , of = '']) => [name, of]));
}
