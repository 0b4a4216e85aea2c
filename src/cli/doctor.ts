import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { appSettings, SettingError, serverSettings, type Variables } from '../hosts/environment.ts';
import { needGit } from '../hosts/need-git.ts';
import type { StorageState } from '../storage/state.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
}

/** `conductor doctor`: is everything there that the App needs, and does it work? Exit 1: something is wrong. */
export function doctor(variables: Variables): Command {
  return new Command('doctor')
    .description('Check the App’s settings, its database and its workers.')
    .option('--json', 'for machines')
    .action(async (options: { readonly json?: boolean }) => {
      const findings = [
        await finding('git is there', needGit),
        await finding('APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are usable', async () => {
          serverSettings(variables, (path) => readFileSync(path, 'utf8'));
        }),
        durability(variables),
        ...(await workers(variables)),
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
