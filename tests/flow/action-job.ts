import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SimulatorEvent } from '../../src/simulator/simulator.ts';
import { closeLater } from '../closing.ts';
import type { Stage } from './stage.ts';

const BUNDLE = resolve(import.meta.dirname, '../../action/dist/index.js');
const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'read',
  metadata: 'read',
} as const;

/** How one job of the Action ended. */
export interface Job {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the Action's bundle on one event, as a workflow with these inputs and this `env` would: for jobs that are run again, or set up in their own way. */
export async function runJob(
  room: Stage,
  { event, payload }: Pick<SimulatorEvent, 'event' | 'payload'>,
  inputs: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<Job> {
  const folder = mkdtempSync(join(tmpdir(), 'conductor-job-'));
  closeLater(() => rmSync(folder, { recursive: true, force: true }));
  const [eventPath, outputPath] = [join(folder, 'event.json'), join(folder, 'output')];
  writeFileSync(eventPath, JSON.stringify(payload));
  writeFileSync(outputPath, '');
  const { exitCode, log } = await start({
    PATH: process.env.PATH,
    ...variables,
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: room.simulator.url,
    GITHUB_REPOSITORY: room.repository,
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_OUTPUT: outputPath,
    RUNNER_TEMP: folder,
    INPUT_GITHUB_TOKEN: room.simulator.jobToken(room.repository, PERMISSIONS),
    ...Object.fromEntries(Object.entries(inputs).map(([name, of]) => [`INPUT_${name.toUpperCase()}`, of])),
  });
  const outputs = readFileSync(outputPath, 'utf8').matchAll(/^([a-z_]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return {
    exitCode,
    log,
    outputs: Object.fromEntries([...outputs].map(([, name = '', , of = '']) => [name, of])),
  };
}

function start(env: NodeJS.ProcessEnv): Promise<Pick<Job, 'exitCode' | 'log'>> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [BUNDLE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => done({ exitCode, log }));
  });
}
