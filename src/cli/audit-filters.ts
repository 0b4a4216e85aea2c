import { type Command, InvalidArgumentError } from 'commander';
import { AUDIT_KINDS, type AuditKind } from '../audit/audit-event.ts';
import { nearestName } from '../commands/nearest-name.ts';
import type { LedgerQuery } from '../storage/read-ledger.ts';

/** What is given of them, as it was read. */
export interface Filters {
  readonly type?: readonly AuditKind[];
  readonly thread?: Pick<LedgerQuery, 'repository' | 'thread'>;
  readonly actor?: string;
  readonly since?: string;
  readonly run?: string;
  readonly installation?: number;
  readonly most?: number;
}

/** Gives a subcommand the options that say which rows; all that are given must hold. */
export function withFilters(command: Command): Command {
  return command
    .option('--type <kinds>', 'of these kinds, with commas between them', kinds)
    .option('--thread <thread>', 'of a thread: OWNER/REPO#N, or N in any repository', thread)
    .option('--actor <login>', 'done by this person')
    .option('--since <time>', 'from then on: a date, or a date and a time', since)
    .option('--run <run>', 'of a run')
    .option('--installation <number>', 'of one installation’s chain', wholeNumber);
}

export function queryOf({
  type,
  thread: place,
  actor,
  since: from,
  run,
  installation,
}: Filters): LedgerQuery {
  return {
    ...place,
    ...(type === undefined ? {} : { kinds: type }),
    ...(actor === undefined ? {} : { actor }),
    ...(from === undefined ? {} : { since: from }),
    ...(run === undefined ? {} : { run }),
    ...(installation === undefined ? {} : { installation }),
  };
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function kinds(text: string): readonly AuditKind[] {
  return text.split(',').map((name) => {
    const known = AUDIT_KINDS.find((kind) => kind === name.trim());
    if (known !== undefined) return known;
    const nearest = nearestName(name, AUDIT_KINDS);
    throw new InvalidArgumentError(
      nearest ? `Did you mean ${nearest}?` : `The kinds are ${AUDIT_KINDS.join(', ')}.`,
    );
  });
}

function thread(text: string): Pick<LedgerQuery, 'repository' | 'thread'> {
  const [, repository, number] = /^(?:([\w.-]+\/[\w.-]+)#|#)?(\d{1,9})$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Write OWNER/REPO#N, or N.');
  return { thread: Number(number), ...(repository === undefined ? {} : { repository }) };
}

function since(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Write a date like 2026-01-31, or a time like 2026-01-31T08:00Z.');
  return time.toISOString();
}
