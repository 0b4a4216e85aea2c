import { describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../src/commands/request.ts';
import { inProcessRunner } from '../../src/runs/in-process-runner.ts';
import { outcome } from '../../src/runs/outcome.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import type { Executed, Work } from '../../src/runs/runner.ts';
import { requestOf } from './memory-host.ts';

const asked = (number: number, nodeId: string): CommandRequest => {
  const request = requestOf({ thread: { number } });
  return { ...request, asking: { ...request.asking, nodeId } };
};

const ENDED: Executed = { how: 'ended', outcome: outcome('done', 'answered', '', null), told: true };
const NOT_STARTED: Executed = { how: 'not_started', error: 'GitHub is away' };

/** A runner whose every event is a command, and whose runs do what is given. */
function runnerOf(execute: Work['execute'], welcome: Work['welcome'] = async () => undefined) {
  return inProcessRunner({
    decide: async (event) => ({
      kind: 'command',
      request: event as CommandRequest,
      commandsPerMinute: 10,
      ledgerBranch: null,
    }),
    welcome,
    execute,
    conclude: async () => ({ told: true }),
    archive: async () => undefined,
  });
}

describe('the in-process runner', () => {
  it('executes one request once, however often and however many at a time it is handed in', async () => {
    let executed = 0;
    const runner = runnerOf(async () => {
      executed += 1;
      return ENDED;
    });
    const submissions = await Promise.all(Array.from({ length: 5 }, () => runner.submit(asked(1, 'A'))));
    await runner.idle();
    expect(executed).toBe(1);
    expect(submissions.map(({ how }) => how)).toEqual(['accepted', 'known', 'known', 'known', 'known']);
  });

  it('executes the requests of one thread in order, one at a time, and those of other threads beside them', async () => {
    const log: string[] = [];
    const gates = new Map<string, () => void>();
    const runner = runnerOf(async ({ asking }) => {
      log.push(`start ${asking.nodeId}`);
      await new Promise<void>((resolve) => gates.set(asking.nodeId, resolve));
      log.push(`end ${asking.nodeId}`);
      return ENDED;
    });
    for (const request of [asked(1, 'A'), asked(1, 'B'), asked(2, 'C')]) await runner.submit(request);
    await settle();
    expect(log).toEqual(['start A', 'start C']);
    gates.get('A')?.();
    await settle();
    expect(log).toEqual(['start A', 'start C', 'end A', 'start B']);
    gates.get('B')?.();
    gates.get('C')?.();
    await runner.idle();
    expect(log).toHaveLength(6);
  });

  it('goes on with a thread after a run that threw', async () => {
    const done: string[] = [];
    const runner = runnerOf(async ({ asking }) => {
      if (asking.nodeId === 'A') throw new Error('a bug');
      done.push(asking.nodeId);
      return ENDED;
    });
    await runner.submit(asked(1, 'A'));
    await runner.submit(asked(1, 'B'));
    await settle();
    expect(done).toEqual(['B']);
  });
});

describe('a request that could not start', () => {
  it('starts when it is handed in again, once', async () => {
    const answers = [NOT_STARTED, ENDED, ENDED] as const;
    let executed = 0;
    const runner = runnerOf(async () => answers[executed++] ?? ENDED);
    for (let delivery = 0; delivery < 4; delivery++) {
      await runner.submit(asked(1, 'A'));
      await runner.idle();
    }
    expect(executed).toBe(2);
  });
});

describe('a run id', () => {
  it('is the same for the same request, and another for another text, action or repository', () => {
    const request = requestOf({});
    const ids = [
      request,
      { ...request, asking: { ...request.asking, nodeId: 'IC_2' } },
      { ...request, action: 'submitted' },
      { ...request, repository: { ...request.repository, id: 2 } },
    ].map(runIdOf);
    expect(runIdOf(structuredClone(request))).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(/^r[0-9a-f]{12}$/);
  });

  it('does not change when the repository is renamed', () => {
    const request = requestOf({});
    const renamed = { ...request, repository: { ...request.repository, name: 'new-name' } };
    expect(runIdOf(renamed)).toBe(runIdOf(request));
  });
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
