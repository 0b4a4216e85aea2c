import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator } from '../simulator/simulator.ts';
import type { Host, RehearsedRun } from './rehearsed.ts';
import { shipped } from './shipped.ts';

const BUNDLE = shipped('action/dist/index.js');
const TRIGGERS = [
  'issues',
  'issue_comment',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request',
  'check_suite',
  'workflow_run',
];

/** What a workflow's `env` would give the job: who is asked, and with which key. */
const FROM_HERE = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'MODEL_BASE_URLS',
  'CLI_AGENTS',
  'CLI_PATH',
  'CLI_USER',
];

/**
 * Conductor as an Action: for every event that a workflow would start on, one process of the committed bundle, with
 * the event file, variables and job token that GitHub gives it, and of this environment only what is about models.
 * `variables`: what the workflow's own `env` adds.
 */
export async function rehearseAsAction(
  simulator: Simulator,
  repository: string,
  folder: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<Host> {
  const token = simulator.jobToken(repository, {
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
    checks: 'write',
    actions: 'read',
    metadata: 'read',
  });
  const runs: RehearsedRun[] = [];
  let jobs: Promise<void> = Promise.resolve();
  let count = 0;

  simulator.onEvent(({ event, payload, byJobToken, repository: where }) => {
    // GitHub starts no workflow for what a job's own token did.
    if (!TRIGGERS.includes(event) || byJobToken || where !== repository) return;
    jobs = jobs.then(() => job(event, payload));
  });

  async function job(name: string, payload: unknown): Promise<void> {
    count += 1;
    const eventPath = join(folder, `event-${repository.split('/')[1]}-${count}.json`);
    const outputPath = join(folder, `output-${repository.split('/')[1]}-${count}`);
    await writeFile(eventPath, JSON.stringify(payload));
    await writeFile(outputPath, '');
    const summaryPath = join(folder, `summary-${repository.split('/')[1]}-${count}.md`);
    await writeFile(summaryPath, '');
    await start({
      PATH: process.env.PATH,
      ...Object.fromEntries(FROM_HERE.map((name) => [name, process.env[name]])),
      ...variables,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: simulator.url,
      GITHUB_REPOSITORY: repository,
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_OUTPUT: outputPath,
      GITHUB_STEP_SUMMARY: summaryPath,
      RUNNER_TEMP: folder,
      INPUT_GITHUB_TOKEN: token,
    });
    const outputs = parseOutputs(await readFile(outputPath, 'utf8'));
    const run = outputs.get('run_id');
    if (!run) return;
    runs.push({
      run,
      conclusion: outputs.get('conclusion') ?? 'failed',
      verdict: outputs.get('verdict') || null,
      pullRequest: Number(outputs.get('pr_number')) || null,
      branch: outputs.get('branch_name') || null,
    });
  }

  return {
    async settled() {
      await simulator.settled();
      await jobs;
      await simulator.settled();
    },
    runs: () => runs,
    control: null,
    close: async () => jobs,
  };
}

function start(env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUNDLE], { env, stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

/** Reads the file that `core.setOutput` writes: `name<<delimiter`, lines, delimiter. */
function parseOutputs(text: string): Map<string, string> {
  const outputs = new Map<string, string>();
  for (const [, name, delimiter, of] of text.matchAll(/^([a-z_]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm)) {
    if (name && delimiter) outputs.set(name, of ?? '');
  }
  return outputs;
}
