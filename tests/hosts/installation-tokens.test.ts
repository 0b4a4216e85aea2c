import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { installationTokens } from '../../src/hosts/installation-tokens.ts';
import { createMask } from '../../src/messages/mask.ts';

const HOUR = 3_600_000;

/** Alike in nothing but what all such tokens begin with. */
const tokenOf = (number: number) =>
  `ghs_${createHash('sha256').update(`${number}`).digest('base64url').replace(/[-_]/g, '7')}`;

/** An App that counts the tokens it mints, each good for an hour of a clock that is moved by hand. */
function app(failures = 0) {
  let now = 0;
  const minted: unknown[] = [];
  const mask = createMask();
  const client = {
    async request(_route: string, parameters: unknown) {
      minted.push(parameters);
      if (minted.length <= failures) throw new Error('GitHub is away');
      return { data: { token: tokenOf(minted.length), expires_at: new Date(now + HOUR).toISOString() } };
    },
  } as unknown as Octokit;
  return {
    mask,
    minted,
    tokens: installationTokens(
      async () => client,
      () => new Date(now),
      mask,
    ),
    move(milliseconds: number) {
      now += milliseconds;
    },
  };
}

describe('installation tokens', () => {
  it('are narrowed to one repository and to what is asked for', async () => {
    const { tokens, minted } = app();
    await tokens(8, 1, { contents: 'read' });
    expect(minted).toEqual([{ installation_id: 8, repository_ids: [1], permissions: { contents: 'read' } }]);
  });

  it('are kept, one for each repository and set of permissions', async () => {
    const { tokens, minted } = app();
    const first = await tokens(8, 1, { contents: 'read' });
    expect(await tokens(8, 1, { contents: 'read' })).toBe(first);
    await tokens(8, 2, { contents: 'read' });
    await tokens(8, 1, { contents: 'write' });
    expect(minted).toHaveLength(3);
  });

  it('are replaced before they expire, so that no run meets the end of one', async () => {
    const { tokens, move } = app();
    const first = await tokens(8, 1, {});
    move(HOUR - 6 * 60_000);
    expect(await tokens(8, 1, {})).toBe(first);
    move(2 * 60_000);
    expect(await tokens(8, 1, {})).not.toBe(first);
  });

  it('S2-29: are masked from the moment they are minted until they have expired', async () => {
    const { tokens, mask, move } = app();
    const first = await tokens(8, 1, {});
    move(HOUR - 60_000);
    await tokens(8, 2, {});
    expect(mask.isIn([first])).toBe(true);
    move(2 * 60_000);
    await tokens(8, 3, {});
    expect(mask.isIn([first])).toBe(false);
  });

  it('are asked for again after a failure', async () => {
    const { tokens } = app(1);
    await expect(tokens(8, 1, {})).rejects.toThrow('GitHub is away');
    expect(await tokens(8, 1, {})).toBe(tokenOf(2));
  });
});
