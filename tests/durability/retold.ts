import type { RunFact } from '../../src/runs/run-events.ts';
import type { Storage } from '../../src/storage/open-storage.ts';
import { gathered, readLedger } from '../../src/storage/read-ledger.ts';
import { verifyLedgers } from '../../src/storage/verify-ledger.ts';

/** How the ledger calls what a run calls otherwise; and what it tells where it happens, not as a part of the run. */
const CALLED: Partial<Record<RunFact['kind'], string | null>> = {
  effect_failed: 'write_failed',
  session_archived: null,
};

/** What is wrong with the ledger: with its chain; and what of the runs' events it does not retell, or tells twice. */
export async function untold(db: Storage['db']): Promise<string[]> {
  const verified = await verifyLedgers(db, null, []);
  if (typeof verified === 'string') return [verified];
  const wrong = verified.flatMap(({ flaws }) => flaws.map(({ message }) => `the ledger: ${message}`));

  const told = new Map<string, string[]>();
  for (const { row } of await gathered(readLedger(db, {}))) {
    const { attempt, event } = JSON.parse(row.body);
    if (row.run === null || event === undefined) continue;
    const key = `${row.run} ${attempt} ${event}`;
    told.set(key, [...(told.get(key) ?? []), row.kind]);
  }
  const next = new Map<string, number>();
  const events = await db
    .selectFrom('run_events')
    .selectAll()
    .orderBy('run')
    .orderBy('attempt')
    .orderBy('sequence')
    .execute();
  for (const { run, attempt, sequence, fact } of events) {
    const before = next.get(`${run} ${attempt}`) ?? 0;
    if (sequence !== before) wrong.push(`${run} ${attempt}: event ${before} was not recorded`);
    next.set(`${run} ${attempt}`, sequence + 1);
    const { kind, outcome }: { kind: RunFact['kind']; outcome?: { state: string } } = JSON.parse(fact);
    const called = kind in CALLED ? CALLED[kind] : kind;
    if (called === null) continue;
    const key = `${run} ${attempt} ${sequence}`;
    const kinds = told.get(key) ?? [];
    told.delete(key);
    // A refusal is told as such before the run’s end.
    const first = outcome?.state === 'refused' ? 'command_refused' : called;
    if (kinds[0] !== first) wrong.push(`${key}: ${kind} is told as ${kinds[0] ?? 'nothing'}`);
    if (kinds.filter((each) => each === called).length !== 1)
      wrong.push(`${key}: ${kind} is told ${kinds.join(', ')}`);
  }
  return [
    ...wrong,
    ...[...told.keys()].map((key) => `${key}: the ledger tells of it, and no run recorded it`),
  ];
}
