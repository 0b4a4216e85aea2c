import { describe, expect, it } from 'vitest';
import type { OwnPulls } from '../../src/runs/own-pull-ports.ts';
import { movedOwn } from './base-moved.ts';
import { COMMIT, runInMemory } from './memory-host.ts';

const SHORT = { cause: 'base_moved', minuteMs: 20 } as const;

describe('a pull request whose base moved', () => {
  it('GitHub is asked again until it has tried the merge', async () => {
    const merges = await runInMemory({ ...SHORT, ownPulls: movedOwn(null, null, true) });
    expect([merges.outcome.code, merges.pushed]).toEqual(['nothing_to_follow', []]);
    const conflicts = await runInMemory({ ...SHORT, ownPulls: movedOwn(null, false) });
    expect(conflicts.pushed).toHaveLength(1);
  });

  it('nothing is done, and nothing said, where GitHub does not come to an answer', async () => {
    const { outcome, events, pushed } = await runInMemory({ ...SHORT, ownPulls: movedOwn(null) });
    expect([outcome.code, pushed]).toEqual(['nothing_to_follow', []]);
    expect(events.filter(({ fact }) => fact.kind === 'written')).toEqual([]);
  });

  it('no model is asked, and no right of anybody’s is needed', async () => {
    const { view, pushed } = await runInMemory({ ...SHORT, permission: 'none', ownPulls: movedOwn() });
    expect([view.modelCalls, view.agent, view.cause]).toEqual([0, null, 'base_moved']);
    expect(pushed[0]?.files[0]).toMatchObject({ path: 'src/a.js', after: 'export const a = 2;\n' });
  });

  it('what has all of its base behind it is left alone, whatever GitHub still says', async () => {
    const ownPulls: OwnPulls = { ...movedOwn(), partedAt: async () => COMMIT };
    const { outcome, pushed } = await runInMemory({ ...SHORT, ownPulls });
    expect([outcome.code, pushed]).toEqual(['nothing_to_follow', []]);
  });

  it('what cannot be made again ends the run with every place, and pushes nothing', async () => {
    const files = { 'src/a.js': 'export const b = 1;\n' };
    const { outcome, pushed } = await runInMemory({ ...SHORT, files, ownPulls: movedOwn() });
    expect(outcome).toMatchObject({ state: 'failed', code: 'conflict' });
    expect(outcome.message).toContain('- `src/a.js:1` There stands now: `export const b = 1;`');
    expect(pushed).toEqual([]);
  });
});
