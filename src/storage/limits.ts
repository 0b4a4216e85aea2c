import { sql, type Transaction } from 'kysely';
import type { CommandRequest } from '../commands/request.ts';
import { SETTLED } from '../runs/approvals/in-words.ts';
import { DENIALS } from '../runs/check-asker.ts';
import { CONTROL_VERBS } from '../runs/control-thread.ts';
import { type Outcome, outcome } from '../runs/outcome.ts';
import type { Tables } from './tables.ts';

/** A repository takes so many times what one person may give in a minute. */
const PEOPLE_AT_ONCE = 5;
/** Loop safety: more than this in one thread is no conversation between people and agents any more. */
const RUNS_IN_TEN_MINUTES = 3;
const COMMENTS_IN_AN_HOUR = 10;

/**
 * What ended without a word in the thread, or with one that anybody could make Conductor say, or came of somebody's yes or
 * no: it counts for nothing there.
 */
const UNCOUNTED = [...DENIALS, ...SETTLED, 'rate_limited', 'loop_breaker', 'told_before'];

/** May the command begin? `silent`: no, and the thread has been told already, or nobody in it asked. */
export type Admission = 'yes' | { readonly refusal: Outcome; readonly silent: boolean };

/** What the database counts for a new command. Times are minutes until the count falls below its limit. */
interface Counts {
  of_asker: number;
  asker_free_in: number | null;
  of_repository: number;
  repository_free_in: number | null;
  of_thread: number;
  thread_free_in: number | null;
  comments: number;
  denied: boolean;
  told_rate: boolean;
  told_loop_ago: number | null;
}

/**
 * Holds a command against the rates of its person, its repository and its thread. All counts come from the journal, so
 * they survive restarts and hold across processes. The caller holds the repository's lock.
 */
export async function admit(
  tx: Transaction<Tables>,
  request: CommandRequest,
  commandsPerMinute: number,
): Promise<Admission> {
  const { cause } = request;
  // Nobody gave it: a push did, and each push starts one at most.
  if (cause === 'base_moved' || cause === 'recheck') return 'yes';
  const isMention = cause === undefined || cause === 'mention';
  const counts = await count(tx, request, isMention ? ['no_permission'] : DENIALS);
  const admission = decide(request, counts, commandsPerMinute);
  // Whoever did not speak to Conductor is not spoken to.
  return admission === 'yes' || isMention ? admission : { ...admission, silent: true };
}

function decide({ asker, command }: CommandRequest, counts: Counts, commandsPerMinute: number): Admission {
  // Whoever has no right here is told so once: nobody can make Conductor talk, or block a thread, that way.
  if (counts.denied)
    return { refusal: outcome('refused', 'told_before', 'No permission; told before.', null), silent: true };
  if (command.verb === 'stop') return 'yes';

  if (counts.of_asker >= commandsPerMinute)
    return tooMany(
      `${asker.login} may give ${commandsPerMinute} commands a minute here`,
      counts.asker_free_in,
      counts,
    );
  if (counts.of_repository >= commandsPerMinute * PEOPLE_AT_ONCE) {
    const most = commandsPerMinute * PEOPLE_AT_ONCE;
    return tooMany(`This repository takes ${most} commands a minute`, counts.repository_free_in, counts);
  }
  // A yes or a no goes in no circle: only people say it.
  const { verb } = command;
  if (verb !== null && (CONTROL_VERBS.includes(verb) || verb === 'approve' || verb === 'deny')) return 'yes';
  if (counts.of_thread >= RUNS_IN_TEN_MINUTES || counts.comments >= COMMENTS_IN_AN_HOUR) {
    const what =
      counts.of_thread >= RUNS_IN_TEN_MINUTES
        ? `${RUNS_IN_TEN_MINUTES} runs in ten minutes`
        : `${COMMENTS_IN_AN_HOUR} of its comments in an hour`;
    const refusal = outcome(
      'refused',
      'loop_breaker',
      `One thread gets at most ${what}, so that nothing can go in circles here.`,
      `Ask again ${inMinutes(counts.of_thread >= RUNS_IN_TEN_MINUTES ? counts.thread_free_in : 60)}, or in another thread. Until then Conductor stays silent here.`,
    );
    const window = counts.of_thread >= RUNS_IN_TEN_MINUTES ? 10 : 60;
    return { refusal, silent: counts.told_loop_ago !== null && counts.told_loop_ago < window };
  }
  return 'yes';
}

function tooMany(limit: string, freeIn: number | null, { told_rate }: Counts): Admission {
  const next = `Ask again ${inMinutes(freeIn)}. Until then Conductor stays silent.`;
  return {
    refusal: outcome('refused', 'rate_limited', `${limit} (security.rate_limit_per_minute).`, next),
    silent: told_rate,
  };
}

function inMinutes(minutes: number | null): string {
  if (minutes === null || minutes <= 1) return `in ${Math.max(1, Math.ceil((minutes ?? 1) * 60))} seconds`;
  return `in ${Math.ceil(minutes)} minutes`;
}

/** `denials`: the codes by which this asker has been turned away, if they have. */
async function count(
  tx: Transaction<Tables>,
  { repository: { id: repository }, thread: { number: thread }, asker: { id: asker } }: CommandRequest,
  denials: readonly string[],
): Promise<Counts> {
  const { rows } = await sql<Counts>`
    with recent as materialized (
      select asker, thread, control, turned_down, outcome_state, outcome_code, queued_at
      from runs where repository = ${repository} and asker <> '0' and queued_at > now() - interval '1 hour'),
    given as (select * from recent where queued_at > now() - interval '1 minute' and turned_down is null
      and (outcome_code is null or outcome_code not in ('rate_limited', 'loop_breaker', 'told_before'))),
    here as (select * from recent where thread = ${thread}
      and (outcome_code is null
        or turned_down is not null
        or outcome_code not in (${sql.join(UNCOUNTED)})))
    select
      (select count(*)::int from given where asker = ${asker}) as of_asker,
      (select extract(epoch from min(queued_at) + interval '1 minute' - now())::float / 60
        from given where asker = ${asker}) as asker_free_in,
      (select count(*)::int from given) as of_repository,
      (select extract(epoch from min(queued_at) + interval '1 minute' - now())::float / 60 from given) as repository_free_in,
      (select count(*)::int from here
        where not control and turned_down is null and queued_at > now() - interval '10 minutes') as of_thread,
      (select extract(epoch from min(queued_at) + interval '10 minutes' - now())::float / 60 from here
        where not control and turned_down is null and queued_at > now() - interval '10 minutes') as thread_free_in,
      (select coalesce(sum(case when outcome_state is null or outcome_state = 'done' then 1 else 2 end), 0)::int
        from here where turned_down is null) as comments,
      exists (select from recent where thread = ${thread} and asker = ${asker} and outcome_code in (${sql.join([...denials])})
        and queued_at > now() - interval '10 minutes') as denied,
      exists (select from recent where asker = ${asker} and turned_down like '%"rate_limited"%'
        and queued_at > now() - interval '1 minute') as told_rate,
      (select extract(epoch from now() - max(queued_at))::float / 60 from here
        where turned_down like '%"loop_breaker"%') as told_loop_ago`.execute(tx);
  const [counts] = rows;
  if (!counts) throw new Error('The database gave no counts.');
  return counts;
}
