import { describe, expect, it } from 'vitest';
import { auditEventsOf } from '../../src/audit/audit-events-of.ts';
import type { LedgerEntry } from '../../src/audit/chain.ts';
import { storyOf } from '../../src/audit/story.ts';
import type { RunEvent } from '../../src/runs/run-events.ts';
import { CONFIG, runInMemory } from '../runs/memory-host.ts';

/** The rows that a ledger would have of a run's events. */
function rowsOf(events: readonly RunEvent[], login: string | null = 'ada'): LedgerEntry[] {
  const told = events.flatMap((event) =>
    auditEventsOf(event, { attempt: 1, asker: { id: 42, login: 'ada' } }),
  );
  return told.map(({ kind, at, actor, body, detail }, index) => ({
    row: {
      installation: 1,
      sequence: index + 1,
      at,
      repository: 1,
      thread: 1,
      run: 'r1',
      actor: actor && 'pseudonym',
      kind,
      detailDigest: detail && 'digest',
      body: JSON.stringify(body),
      hash: '',
    },
    detail: detail && { salt: '', text: JSON.stringify(detail) },
    login: actor && login,
  }));
}
const forgotten = (rows: readonly LedgerEntry[]) =>
  rows.map((row) => ({ ...row, detail: null, login: null }));

describe('the story of a run', () => {
  it('S0-31: says who asked what, what was done, and which rules decided, in at most ten lines', async () => {
    const { events } = await runInMemory({ config: `${CONFIG}change_limits: { max_lines_changed: 1 }` });
    const story = storyOf(rowsOf(events));
    expect(story.length).toBeLessThanOrEqual(10);
    const text = story.join('\n');
    for (const part of [
      /^ada asked for fix in #1 at .*“@conductor fix one”$/m,
      /^They had write access; the base was main at cccccccccccc, with the config [0-9a-f]{12}\.$/m,
      /^The agent coder, with .*, might propose a change, in at most \d+ minutes/m,
      /^Models: scripted\/demo was called 2 times: \d+ tokens in \(\d+ cached\), \d+ out, \$[\d.]+, [\d.]+ s\.$/m,
      /^It used edit_file once.*\.$/m,
      /^It proposed a change of 1 file, \+1 −1, sha256:[0-9a-f]{12}\. “One is two\.”$/m,
      /^Policy said review: decided by .*change-limits.* \(sha256:/m,
      /^It ended done \(pull_request_opened\) after \d+ s\..* Rows 1 to \d+ of the ledger tell of it\.$/m,
    ])
      expect(text).toMatch(part);
  });

  it('SEC-36: is told without the people and the words that were let go', async () => {
    const { events } = await runInMemory();
    const text = storyOf(forgotten(rowsOf(events))).join('\n');
    expect(text).toContain('Somebody who is not known any more asked for fix in #1');
    expect(text).toContain('The words are not kept any more.');
    expect(text).not.toMatch(/ada|fix one|One is two|undefined/);
  });

  it('S0-31: a refusal, and a run that has not ended, are told as that', async () => {
    const { events } = await runInMemory({ permission: 'read' });
    expect(storyOf(rowsOf(events)).at(-1)).toContain('It ended refused (no_permission)');
    expect(storyOf(rowsOf(events.slice(0, 1))).at(-1)).toMatch(/^It has not ended\. Rows 1 to 2 /);
    expect(storyOf([])).toEqual([]);
  });

  it('SEC-37: words that move a cursor, or can’t be seen, do neither', async () => {
    const { events } = await runInMemory({ body: '@conductor fix one\u001b[2J\u202e\n::error::x' });
    expect(storyOf(rowsOf(events)).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
