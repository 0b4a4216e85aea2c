import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import type { Connection } from '../../src/hosts/connection.ts';
import { HOST_DEFAULTS } from '../../src/hosts/environment.ts';
import { repositoryConfigs } from '../../src/hosts/repository-configs.ts';

const REPOSITORY = { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' };

/** A repository whose config changes, read by a clock that is moved by hand. */
function room(config: string) {
  const state = { config, now: 0, reads: 0, closed: 0 };
  const source = {
    fetch: async () => 'c',
    workspaceAt: async () => {
      state.reads += 1;
      return memoryWorkspace('c', { '.github/conductor.yml': state.config });
    },
    close: () => {
      state.closed += 1;
    },
  };
  const clock = {
    now: () => new Date(state.now),
    deadline: () => Promise.reject(new Error('not asked for')) as never,
  };
  const configs = repositoryConfigs(async () => ({ source }) as unknown as Connection, HOST_DEFAULTS, clock);
  return { state, configs, trigger: async () => (await configs.of(REPOSITORY, 8)).trigger };
}

describe('the word that a repository answers to', () => {
  it('S1-6: is read once a minute at most, and every reader is let go of', async () => {
    const { state, trigger } = room('trigger: maestro');
    await trigger();
    state.now += 59_000;
    expect([await trigger(), state.reads, state.closed]).toEqual(['maestro', 1, 1]);
    state.config = 'trigger: conductor';
    state.now += 2_000;
    expect([await trigger(), state.reads]).toEqual(['conductor', 2]);
  });

  it('S1-6: is read again after a push to the default branch', async () => {
    const { state, trigger, configs } = room('trigger: maestro');
    await trigger();
    state.config = 'trigger: bob';
    configs.forget(1);
    expect(await trigger()).toBe('bob');
  });

  it('S0-17: is the default one where the config is broken, so that the run can say so', async () => {
    expect(await room('trigger: [').trigger()).toBe('conductor');
  });
});
