import { createHash } from 'node:crypto';
import { Command } from 'commander';
import type { ChangeError } from '../changes/change-error.ts';
import type { ChangeSet } from '../changes/change-set.ts';
import { decodeText } from '../changes/text.ts';
import type { Workspace } from '../changes/workspace.ts';
import { parseConfig } from '../config/parse-config.ts';
import { reasonsOf } from '../policy/explain.ts';
import { gatherFacts, NO_CIRCUMSTANCES } from '../policy/facts.ts';
import { judge } from '../policy/judge.ts';
import { defaultSettings, type PolicySettings } from '../policy/settings.ts';
import type { Verdict } from '../policy/verdict.ts';
import { answer } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { readChangeSet, readTextFile } from './read-change-set.ts';

const CONFIG = '.github/conductor.yml';

interface CheckOptions {
  readonly base: string;
  readonly changeSet: string;
  readonly config?: string;
  readonly actor?: string;
  readonly json?: boolean;
}

type Checked =
  | { readonly ok: true; readonly value: Verdict }
  | { readonly ok: false; readonly error: ChangeError };

/** `conductor policy`: what policy says, without running anything. */
export function policy(): Command {
  const check = new Command('check')
    .description('Judge a change set as Conductor would: auto, review or block, with every reason.')
    .requiredOption('--base <dir>', 'the git checkout (at HEAD) or plain folder that it is made against')
    .requiredOption('--change-set <file>', 'the change set, as JSON')
    .option('--config <file>', `the policy to judge by; the base's own ${CONFIG} when not given`)
    .option('--actor <login>', 'who is taken to have asked')
    .option('--json', 'for machines')
    .action(async (options: CheckOptions) => {
      const checked = await run(options);
      const json = options.json ?? false;
      if (!checked.ok) {
        const { code, message, hint } = checked.error;
        answer(json, { ok: false, error: { code, message, hint } }, `${code}: ${message}\n${hint}`, 2);
        return;
      }
      const { verdict, digest } = checked.value;
      const value = { verdict, digest, reasons: reasonsOf(checked.value) };
      answer(json, value, tree(checked.value), verdict === 'block' ? 1 : 0);
    });
  return new Command('policy').description('Judge change sets by the written policy.').addCommand(check);
}

async function run(options: CheckOptions): Promise<Checked> {
  const parsed = await readChangeSet(options.changeSet);
  if (!parsed.ok) return parsed;
  try {
    return await judged(parsed.changeSet, await openDirectory(options.base), options);
  } catch (error) {
    const known = directoryError(error);
    if (known) return { ok: false, error: known };
    throw error;
  }
}

async function judged(changeSet: ChangeSet, workspace: Workspace, options: CheckOptions): Promise<Checked> {
  const settings = options.config ? await settingsFrom(options.config) : await settingsOf(workspace);
  if (!settings.ok) return settings;
  const asker = { login: options.actor ?? 'unknown', permission: 'none' as const };
  const facts = await gatherFacts({
    changeSet,
    change: createHash('sha256').update(JSON.stringify(changeSet)).digest('hex'),
    workspace,
    trusted: workspace,
    asker,
    circumstances: NO_CIRCUMSTANCES,
  });
  return { ok: true, value: judge(facts, settings.value) };
}

type Settings =
  | { readonly ok: true; readonly value: PolicySettings }
  | { readonly ok: false; readonly error: ChangeError };

async function settingsFrom(file: string): Promise<Settings> {
  const text = await readTextFile(file);
  return typeof text === 'string' ? read(text, file) : { ok: false, error: text };
}

/** The base's own config. Where there is none, a person approves everything. */
async function settingsOf(workspace: Workspace): Promise<Settings> {
  const entry = (await workspace.list()).find(({ path }) => path === CONFIG);
  if (!entry) return { ok: true, value: defaultSettings() };
  const bytes = entry.mode.startsWith('100') ? await workspace.read(CONFIG) : null;
  if (bytes === null) return invalid(`${CONFIG} is not a regular file.`);
  const decoded = decodeText(CONFIG, bytes);
  return decoded.ok ? read(decoded.text, CONFIG) : invalid(decoded.error.message);
}

function read(text: string, file: string): Settings {
  const parsed = parseConfig(text, file);
  if (parsed.ok) return { ok: true, value: parsed.config };
  const problems = parsed.problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
  return invalid(problems.slice(0, 10).join('; '));
}

function invalid(message: string): Settings {
  const hint = 'Correct the config; `conductor config validate FILE` checks it. No defaults stand in for it.';
  return { ok: false, error: { code: 'config_invalid', message, hint } };
}

/** The verdict for people: every rule with what it looks at, and below it what it found. */
function tree({ verdict, digest, rules }: Verdict): string {
  const lines = rules.flatMap((rule) => [
    `  ${rule.verdict.padEnd(6)}  ${rule.rule}: ${rule.title}`,
    ...rule.reasons.map(({ message, fix }) => `            ${message} ${fix}`),
  ]);
  return [`${verdict}  ${digest}`, ...lines].join('\n');
}
