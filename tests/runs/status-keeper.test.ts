import { describe, expect, it } from 'vitest';
import type { RunPorts, Stop } from '../../src/runs/ports.ts';
import { openRun } from '../../src/runs/run.ts';
import { keepStatus } from '../../src/runs/status-keeper.ts';
import { requestOf } from './memory-host.ts';

/** A run whose time stands still until it is moved, and whose status edits are counted. */
function still(failing = false, stop: Stop | null = null) {
  let now = 0;
  const timers: { readonly at: number; readonly controller: AbortController }[] = [];
  const edits: number[] = [];
  const ports = {
    publisher: {
      status: async () => {
        if (failing) throw new Error('GitHub is away');
        edits.push(now);
        return { thing: 'comment', how: 'updated', name: 'status', url: null };
      },
    },
    clock: {
      now: () => new Date(now),
      deadline(milliseconds: number) {
        const timer = { at: now + milliseconds, controller: new AbortController() };
        timers.push(timer);
        return { signal: timer.controller.signal, cancel: () => timers.splice(timers.indexOf(timer), 1) };
      },
    },
    journal: { recorded: [], append: async () => undefined },
    control: { signal: new AbortController().signal, stop: async () => stop },
    settings: { statusEveryMs: 5_000 },
  } as unknown as RunPorts;
  const run = openRun(requestOf({}), ports);
  return {
    run,
    edits,
    keeper: keepStatus(run),
    async move(milliseconds: number) {
      now += milliseconds;
      for (const timer of timers.filter(({ at }) => at <= now)) timer.controller.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
    accept: () =>
      run.record({
        kind: 'command_accepted',
        agent: 'coder',
        title: '',
        model: '',
        runner: null,
        mayEdit: true,
        budgetUsd: null,
        timeoutMinutes: 30,
      }),
    toolUse: () =>
      run.record({ kind: 'tool_used', agent: 'coder', tool: 'read_file', target: 'a', ok: true }),
  };
}

describe('the status comment while a run works', () => {
  it('is not written before the command is accepted', async () => {
    const { toolUse, edits, move } = still();
    await toolUse();
    await move(60_000);
    expect(edits).toEqual([]);
  });

  it('is written five seconds after the command is accepted, then at most every five seconds, however much happens', async () => {
    const { accept, toolUse, edits, move } = still();
    await accept();
    for (let second = 0; second < 12; second++) {
      for (let use = 0; use < 20; use++) await toolUse();
      await move(1_000);
    }
    expect(edits).toEqual([5_000, 10_000]);
  });

  it('is not edited any more once it has been stopped', async () => {
    const { accept, toolUse, edits, move, keeper } = still();
    await accept();
    await move(5_000);
    await toolUse();
    await keeper.stop();
    await move(60_000);
    expect(edits).toEqual([5_000]);
  });

  it('is not edited any more once the run was told to stop: the last word is not written over', async () => {
    const { accept, edits, move } = still(false, { code: 'stopped', by: 'ada', silent: false });
    await accept();
    await move(6_000);
    expect(edits).toEqual([]);
  });

  it('fails nothing when GitHub does not take it, and is no fact of the run', async () => {
    const { accept, toolUse, move, run } = still(true);
    await accept();
    await move(6_000);
    await toolUse();
    await move(6_000);
    expect(run.view().failedEffects).toEqual([]);
  });
});
