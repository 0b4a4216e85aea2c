import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { parseConfig } from '../config/parse-config.ts';
import {
  appSettings,
  HOST_DEFAULTS,
  SettingError,
  serverSettings,
  type Variables,
} from '../hosts/environment.ts';
import { configuredModels } from '../hosts/models.ts';
import { needGit } from '../hosts/need-git.ts';
import { type AgentDiagnosis, diagnose, type ModelDiagnosis } from '../runs/diagnose.ts';
import type { StorageState } from '../storage/state.ts';
import { answer } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { rosterOf } from './roster-of.ts';
import { withRuns } from './with-runs.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
}

/** `conductor doctor`: is everything there that the App needs, and does it work? Exit 1: something is wrong. */
export function doctor(variables: Variables): Command {
  return new Command('doctor')
    .description(
      'Check the App’s settings, its database and its workers; and a repository’s models and agents.',
    )
    .option('--dir <dir>', 'a checkout or folder whose models and agents to check, with the keys set here')
    .option('--json', 'for machines')
    .action(async (options: { readonly dir?: string; readonly json?: boolean }) => {
      const findings = [
        await finding('git is there', needGit),
        await finding('APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are usable', async () => {
          serverSettings(variables, (path) => readFileSync(path, 'utf8'));
        }),
        durability(variables),
        ...(await workers(variables)),
        ...(await clis(variables)),
        ...(options.dir === undefined ? [] : await repository(options.dir, variables)),
      ];
      const ok = findings.every((each) => each.ok);
      const lines = findings.map((each) => `${each.ok ? '✓' : '✗'} ${each.what}`);
      answer(options.json ?? false, { ok, findings }, lines.join('\n'), ok ? 0 : 1);
    });
}

function durability(variables: Variables): Finding {
  const { storage } = appSettings(variables);
  return {
    ok: true,
    what: storage.databaseUrl
      ? 'PostgreSQL keeps the runs; it survives what it is set up to survive.'
      : `An embedded database in ${storage.dataDirectory} keeps the runs. It survives a crash of this process, not a power loss or a crash of the machine: use DATABASE_URL where that matters.`,
  };
}

async function workers(variables: Variables): Promise<Finding[]> {
  try {
    const state = await withRuns(variables, (control) => control.state());
    return [
      { ok: true, what: `The database answers: ${counted(state)}.` },
      ...state.replicas.map(replica),
      sweep(state),
    ];
  } catch (error) {
    return [{ ok: false, what: sentence(error) }];
  }
}

/** Coding CLIs are not needed; those that are there are told, with their versions. */
async function clis(variables: Variables): Promise<Finding[]> {
  const { cliVersions } = await import('../hosts/cli-agents.ts');
  return (await cliVersions(variables)).map(({ runner, program, path, version }) => ({
    ok: path === null || version !== null,
    what:
      path === null
        ? `coding CLI ${runner}: \`${program}\` is not installed; only agents with that runner need it`
        : `coding CLI ${runner}: ${version ?? 'does not start where no variable of ours is known'} (${path})`,
  }));
}

/** The models and agents that a repository configures, as they are from here. */
async function repository(directory: string, variables: Variables): Promise<Finding[]> {
  try {
    const workspace = await openDirectory(directory);
    const path = HOST_DEFAULTS.configPath;
    const bytes = await workspace.read(path);
    const parsed = parseConfig(new TextDecoder().decode(bytes ?? new Uint8Array()));
    if (!parsed.ok)
      return parsed.problems.map(({ line, column, message }) => {
        return { ok: false, what: `${path}:${line}:${column} ${message}` };
      });
    const { models, agents } = await diagnose(
      parsed.config,
      await rosterOf(workspace),
      workspace,
      configuredModels(variables),
      AbortSignal.timeout(ASK_WITHIN_MS),
    );
    return [...models.map(model), ...agents.map(agent)];
  } catch (error) {
    const known = directoryError(error);
    return [{ ok: false, what: known ? `${known.message} ${known.hint}` : sentence(error) }];
  }
}

const ASK_WITHIN_MS = 20_000;

function model({ name, label, price, problem }: ModelDiagnosis): Finding {
  const costs = price
    ? `$${price.input} in, $${price.output} out per million tokens (${price.source})`
    : 'no price';
  return {
    ok: problem === null,
    what: problem
      ? `model ${name} (${label}): ${problem.message} ${problem.next ?? ''}`.trim()
      : `model ${name} (${label}) answers; ${costs}`,
  };
}

const agent = ({ name, title, models, ready }: AgentDiagnosis): Finding => ({
  ok: ready,
  what: ready
    ? `agent ${name} (${title}) can think with ${models.join(', ')}`
    : `agent ${name} (${title}): none of its models can be asked (${models.join(', ') || 'none is configured'})`,
});

const SILENT_SECONDS = 15;

const replica = ({ process, secondsSilent }: StorageState['replicas'][number]): Finding => ({
  ok: secondsSilent < SILENT_SECONDS,
  what: `${process}: last heard of ${secondsSilent} s ago${secondsSilent < SILENT_SECONDS ? '' : '; its runs go to another one'}`,
});

function sweep({ replicas, secondsSinceReconciled, untold }: StorageState): Finding {
  if (replicas.length === 0)
    return { ok: false, what: 'No App is running on this database: start it with `conductor serve`.' };
  const late = secondsSinceReconciled === null || secondsSinceReconciled > 600;
  return {
    ok: !late && untold === 0,
    what: late
      ? 'GitHub has not been asked for failed deliveries for over ten minutes: see the log.'
      : `GitHub was asked for failed deliveries ${secondsSinceReconciled} s ago; ${untold} last words wait to be told.`,
  };
}

function counted({ runs }: StorageState): string {
  const of = (state: string) => runs[state] ?? 0;
  return `${of('running')} runs under way, ${of('queued') + of('received')} waiting, ${of('ended')} ended`;
}

async function finding(what: string, check: () => Promise<void>): Promise<Finding> {
  return check().then(
    () => ({ ok: true, what }),
    (error: unknown) => ({ ok: false, what: sentence(error) }),
  );
}

function sentence(error: unknown): string {
  if (error instanceof SettingError) return `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
