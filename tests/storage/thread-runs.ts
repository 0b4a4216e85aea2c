import { describe, expect, it } from 'vitest';
import { outcome } from '../../src/runs/outcome.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import type { RecordedStep } from '../../src/storage/durable.ts';
import { begin, claim, end } from '../../src/storage/run-queue.ts';
import { listRuns, newestRun, refuseLater, retryRun, stopRuns } from '../../src/storage/thread-runs.ts';
import { ask, DONE, FAILED, finish, HERE, queue, ROOM, receive, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

const STOP = { code: 'stopped', by: 'ada', silent: false };
const STOPPED = outcome('stopped', 'stopped', '', null);
const HERE_ON = { repositoryId: 1, thread: 1 };

/** A durable runner that has recorded these steps, the failed one with an exclamation mark. */
function recorded(...names: string[]) {
  const steps = names.map((name, index): RecordedStep => {
    return { index, name: name.replace('!', ''), failed: name.endsWith('!') };
  });
  return { steps: async () => steps };
}

export function threadRunsTests(store: TestStore): void {
  const db = () => store.storage.db;
  const stopOf = async (run: string) => JSON.parse((await rowOf(db(), run)).stop ?? 'null');

  describe('R31: stop', () => {
    it('reaches the runs of one thread that wait or run, and no other', async () => {
      const running = (await start(db(), ask())).run;
      const waiting = await queue(db(), ask());
      const elsewhere = await queue(db(), ask({ thread: 2 }));
      const otherRepository = await queue(db(), ask({ repository: 2 }));
      const stopped = await stopRuns(db(), HERE_ON, STOP);
      expect(stopped.map(({ run }) => run).toSorted()).toEqual([running, waiting].toSorted());
      expect([await stopOf(running), await stopOf(waiting)]).toEqual([STOP, STOP]);
      expect([await stopOf(elsewhere), await stopOf(otherRepository)]).toEqual([null, null]);
    });

    it('reaches one run, or all of an installation', async () => {
      const [first, second] = [await queue(db(), ask()), await queue(db(), ask({ thread: 2 }))];
      const other = await queue(db(), ask({ installation: 2, repository: 2 }));
      expect((await stopRuns(db(), { run: first }, STOP)).map(({ run }) => run)).toEqual([first]);
      const removed = { code: 'installation_removed', by: '', silent: true };
      expect(await stopRuns(db(), { installationId: 1 }, removed)).toHaveLength(2);
      expect(await stopOf(second)).toEqual(removed);
      expect(await stopOf(other)).toBeNull();
    });

    it('reaches a command whose text nobody has read yet', async () => {
      const run = await receive(db(), ask());
      expect(await stopRuns(db(), HERE_ON, STOP)).toEqual([]);
      expect(await stopOf(run)).toEqual(STOP);
    });

    it('keeps what a run was told first', async () => {
      const run = await queue(db(), ask());
      await stopRuns(db(), { run }, { code: 'thread_ended', by: '', silent: false });
      await stopRuns(db(), { run }, STOP);
      expect(await stopOf(run)).toMatchObject({ code: 'thread_ended' });
    });

    it('leaves what has ended, and the commands about other runs', async () => {
      const ended = await finish(db());
      const control = await queue(db(), ask({ body: '@conductor status' }));
      expect(await stopRuns(db(), HERE_ON, STOP)).toEqual([]);
      expect([await stopOf(ended), await stopOf(control)]).toEqual([null, null]);
    });

    it('R5: a text that is gone before it came in starts nothing when it comes', async () => {
      const gone = ask();
      await refuseLater(db(), runIdOf(gone));
      expect((await rowOf(db(), await receive(db(), gone))).state).toBe('ignored');
      const here = await queue(db(), ask());
      await refuseLater(db(), here);
      expect((await rowOf(db(), here)).state).toBe('queued');
    });
  });

  describe('retry', () => {
    it.each([
      ['done', DONE],
      ['refused', outcome('refused', 'policy_block', '', null)],
      ['waiting', outcome('waiting', 'needs_human', '', null)],
    ])('does not begin a run again that ended as %s', async (_state, how) => {
      const run = await finish(db(), ask(), how);
      expect(await retryRun(db(), recorded('base!'), run)).toBeNull();
    });

    it('begins no run again that is under way, and none that there is not', async () => {
      const { run } = await start(db());
      expect(await retryRun(db(), recorded('base!'), run)).toBeNull();
      expect(await retryRun(db(), recorded('base!'), 'r000000000000')).toBeNull();
    });

    it.each([
      ['the step that failed', ['base', 'model-coder-1!', 'last-word', 'notice'], 'model-coder-1', 1],
      ['its last word, when nothing else failed', ['base', 'last-word!', 'notice'], 'last-word', 1],
      ['its last word, when that did not fail either', ['base', 'publish', 'last-word'], 'last-word', 2],
      ['the start, when nothing was recorded', [], 'the start', null],
    ])('goes on from %s', async (_what, names, from, index) => {
      const run = await finish(db(), ask(), FAILED);
      expect(await retryRun(db(), recorded(...names), run)).toMatchObject({ from });
      expect(await claim(db(), HERE, ROOM)).toEqual({ run, attempt: 2, retryFrom: index });
    });

    it('begins a stopped run anew: without its stop, its outcome or what it was turned down for', async () => {
      const holder = await start(db());
      await stopRuns(db(), HERE_ON, STOP);
      await end(db(), holder, { outcome: STOPPED, told: false });
      await retryRun(db(), recorded('model-coder-1!'), holder.run);
      const row = await rowOf(db(), holder.run);
      expect(row).toMatchObject({ stop: null, outcome_state: null, ended_at: null, told: true, begun: 0 });
      const claimed = await claim(db(), HERE, ROOM);
      expect(await begin(db(), claimed!, HERE)).toMatchObject({ times: 1, turnedDown: null });
    });

    it('given twice at once begins one attempt', async () => {
      const run = await finish(db(), ask(), FAILED);
      const retried = await Promise.all([1, 2, 3].map(() => retryRun(db(), recorded('base!'), run)));
      expect(retried.filter((each) => each !== null)).toHaveLength(1);
      expect((await rowOf(db(), run)).attempt).toBe(2);
    });
  });

  describe('a thread’s list', () => {
    it('has the newest first, and neither control commands, nor unread texts, nor other threads', async () => {
      const first = await finish(db());
      const second = (await start(db())).run;
      await queue(db(), ask({ body: '@conductor status' }));
      await queue(db(), ask({ thread: 2 }));
      await receive(db(), ask());
      const listed = await listRuns(db(), 20, HERE_ON);
      expect(listed).toMatchObject([
        { run: second, state: 'running', verb: 'fix', asker: 'ada', outcome: null, thread: 1, attempt: 1 },
        { run: first, state: 'ended', outcome: { state: 'done', code: 'answered' }, repository: 'acme/web' },
      ]);
      expect(await newestRun(db(), HERE_ON)).toBe(second);
      expect(await newestRun(db(), { repositoryId: 1, thread: 77 })).toBeNull();
    });

    it('is as long as was asked for', async () => {
      for (let thread = 1; thread <= 5; thread++) await queue(db(), ask({ thread }));
      expect(await listRuns(db(), 3)).toHaveLength(3);
    });
  });
}
