import { describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../src/commands/request.ts';
import { inProcessRunner } from '../../src/runs/in-process-runner.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import { requestOf } from './memory-host.ts';

const asked = (number: number, nodeId: string): CommandRequest => {
  const request = requestOf({ thread: { number } });
  return { ...request, asking: { ...request.asking, nodeId } };
};

describe('the in-process runner', () => {
  it('executes one request once, however often and however many at a time it is handed in', async () => {
    let executed = 0;
    const runner = inProcessRunner(async () => {
      executed += 1;
      return 'ended';
    });
    const submissions = await Promise.all(Array.from({ length: 5 }, () => runner.submit(asked(1, 'A'))));
    await runner.idle();
    expect(executed).toBe(1);
    expect(submissions.map(({ how }) => how)).toEqual(['accepted', 'known', 'known', 'known', 'known']);
  });

  it('executes the requests of one thread in order, one at a time, and those of other threads beside them', async () => {
    const log: string[] = [];
    const gates = new Map<string, () => void>();
    const runner = inProcessRunner(async ({ asking }) => {
      log.push(`start ${asking.nodeId}`);
      await new Promise<void>((resolve) => gates.set(asking.nodeId, resolve));
      log.push(`end ${asking.nodeId}`);
      return 'ended';
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
    const runner = inProcessRunner(async ({ asking }) => {
      if (asking.nodeId === 'A') throw new Error('a bug');
      done.push(asking.nodeId);
      return 'ended';
    });
    await runner.submit(asked(1, 'A'));
    await runner.submit(asked(1, 'B'));
    await settle();
    expect(done).toEqual(['B']);
  });
});

describe('a request that could not start', () => {
  it('starts when it is handed in again, once', async () => {
    const answers = ['not_started', 'ended', 'ended'] as const;
    let executed = 0;
    const runner = inProcessRunner(async () => answers[executed++] ?? 'ended');
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
    expect(runIdOf({ ...request, repository: { ...request.repository, name: 'new-name' } })).toBe(
      runIdOf(request),
    );
  });
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
