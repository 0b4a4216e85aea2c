import { expect, it } from 'vitest';
import type { KnownPull } from '../../src/runs/own-pull-ports.ts';
import { movedOwn } from './base-moved.ts';
import { runInMemory } from './memory-host.ts';

const rechecked = async (is: Partial<KnownPull>) => {
  const own = movedOwn();
  const known = { ...((await own.find(1)) as KnownPull), ...is };
  const set: (string | null)[] = [];
  const recheckAt = async (at: string | null) => void set.push(at);
  const ownPulls = { ...own, find: async () => known };
  return { ...(await runInMemory({ cause: 'recheck', ownPulls, recheckAt })), set };
};

it.each<[string, Partial<KnownPull>]>([
  ['was merged', { state: 'merged' }],
  ['was closed', { state: 'closed' }],
  ['is not Conductor’s', { own: false }],
])(
  'a recheck of a pull request that %s ends without reading more, without a word, and for good',
  async (_what, is) => {
    const { outcome, events, set } = await rechecked(is);
    expect(set).toEqual([null]);
    expect(outcome).toMatchObject({ code: 'nothing_to_recheck', silent: true });
    expect(events.map(({ fact }) => fact.kind)).toEqual(['run_started', 'run_ended']);
  },
);

it('one that is open is gone on with', async () => {
  const { events } = await rechecked({ state: 'open' });
  expect(events.map(({ fact }) => fact.kind)).toContain('facts_gathered');
});
