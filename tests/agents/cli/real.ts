/**
 * Drives real coding CLIs against a vendor on this machine: `npm run clis`, or `npm run clis -- gemini copilot` for
 * others. Each is installed from the package registry into a temporary folder, in the version that its adapter was
 * tried with; with CLI_PATH set, what is there is used. No account, no key, and no part of `npm test`. Exit 1: one of
 * them did not come to its change set.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CliModelEntry } from '../../../src/agents/cli-agent.ts';
import { cliAgents, cliVersions } from '../../../src/hosts/cli-agents.ts';
import { recordingMeter, taskFor } from './tasks.ts';
import { twoTurnVendor } from './two-turn-vendor.ts';

const PACKAGES = {
  'claude-code': '@anthropic-ai/claude-code@2.1.329',
  codex: '@openai/codex@0.169.0',
  opencode: 'opencode-ai@1.18.33',
  copilot: '@github/copilot@1.0.102',
  gemini: '@google/gemini-cli@0.61.0',
} as const;
type Real = keyof typeof PACKAGES;

const KEY = 'sk-real-0123456789-the-host-has-it';
const say = (text: string) => process.stdout.write(`${text}\n`);

function entryFor(cli: Real, vendor: string): CliModelEntry {
  if (cli === 'claude-code') return { provider: 'anthropic', model: 'claude-sonnet-5', base_url: vendor };
  if (cli === 'codex') return { provider: 'openai', model: 'gpt-6-sol', base_url: `${vendor}/v1` };
  if (cli === 'gemini')
    return { provider: 'openai-compatible', model: 'gemini-3-pro', base_url: `${vendor}/v1beta/openai` };
  return { provider: 'openai-compatible', model: 'qwen3-coder', base_url: `${vendor}/v1` };
}

async function drive(cli: Real, folder: string | null): Promise<boolean> {
  const vendor = await twoTurnVendor('echo hello > hello.txt', 'I added hello.txt, which says hello.');
  const { PATH, CLI_PATH, CLI_USER } = process.env;
  const bin = folder === null ? CLI_PATH : join(folder, 'node_modules/.bin');
  const variables = { PATH, CLI_PATH: bin, CLI_USER, ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY };
  const meter = recordingMeter();
  const began = Date.now();
  try {
    const version = (await cliVersions(variables)).find(({ runner }) => runner === cli)?.version;
    const task = taskFor({ kind: cli }, { entry: entryFor(cli, vendor.url), meter, timeoutMs: 120_000 });
    const { thought, calls, tools } = await cliAgents(variables)(task, new AbortController().signal);
    const withKey = vendor.asked.filter(({ headers }) => JSON.stringify(headers).includes(KEY)).length;
    say(`== ${cli} ${version}: ${thought.kind}, ${Date.now() - began} ms`);
    for (const { path, body } of vendor.asked)
      say(`   vendor was asked: ${path} ${String(body.model ?? '')}`);
    say(
      `   ${withKey} of ${vendor.asked.length} requests had the real key; settled ${JSON.stringify(meter.settled)}`,
    );
    for (const { failure, usage } of calls) say(`   call: ${failure ?? JSON.stringify(usage)}`);
    for (const { tool, target, ok } of tools) say(`   tool: ${tool} ${ok ? 'ok' : 'failed'} ${target}`);
    say(`   ${JSON.stringify(thought.kind === 'proposal' ? thought.changeSet.changes : thought)}`);
    say(`   words: ${thought.text.slice(0, 200)}`);
    const [change, ...more] = thought.kind === 'proposal' ? thought.files : [];
    return change?.path === 'hello.txt' && change.after === 'hello\n' && more.length === 0;
  } finally {
    await vendor.close();
  }
}

const asked = process.argv.slice(2).filter((name): name is Real => name in PACKAGES);
const clis: readonly Real[] = asked.length > 0 ? asked : ['claude-code', 'codex'];
const folder = process.env.CLI_PATH ? null : await mkdtemp(join(tmpdir(), 'real-clis-'));
try {
  if (folder) {
    await chmod(folder, 0o755);
    const packages = clis.map((cli) => PACKAGES[cli]);
    say(`Installing ${packages.join(' ')}`);
    await promisify(execFile)('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', ...packages]);
  }
  for (const cli of clis) if (!(await drive(cli, folder))) process.exitCode = 1;
} finally {
  if (folder) await rm(folder, { recursive: true, force: true });
}
