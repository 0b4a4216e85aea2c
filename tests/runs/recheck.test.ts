import { expect, it } from 'vitest';
import type { KnownPull } from '../../src/runs/own-pull-ports.ts';
import { movedOwn } from './base-moved.ts';
import { runInMemory } from './memory-host.ts';

const rechecked = async (is: Partial<KnownPull>) => {
  const own = movedOwn();
  const known = { ...((await own.find(1)) as KnownPull), ...is };
  return runInMemory({ cause: 'recheck', ownPulls: { ...own, find: async () => known } });
};

it.each<[string, Partial<KnownPull>]>([
  ['was merged', { state: 'merged' }],
  ['was closed', { state: 'closed' }],
  ['is not Conductor’s', { own: false }],
])('a recheck of a pull request that %s ends without reading more, and without a word', async (_what, is) => {
  const { outcome, events } = await rechecked(is);
  expect(outcome).toMatchObject({ code: 'nothing_to_recheck', silent: true });
  expect(events.map(({ fact }) => fact.kind)).toEqual(['run_started', 'run_ended']);
});

it('one that is open is gone on with', async () => {
  const { events } = await rechecked({ state: 'open' });
  expect(events.map(({ fact }) => fact.kind)).toContain('facts_gathered');
});
