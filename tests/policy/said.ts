import type { Weighing, Word } from '../../src/policy/standing.ts';
import type { Requirement } from '../../src/policy/verdict.ts';

export const DIGEST = `sha256:${'d'.repeat(64)}`;

export const asks = (from: readonly string[], more: Partial<Requirement> = {}): Requirement => ({
  rule: 'approvals',
  required: 1,
  from,
  paths: ['src/a.ts'],
  ...more,
});

/** Grace, who maintains the repository, approves what stands. */
export const SAID: Word = {
  says: 'approve',
  person: { id: 7, login: 'grace', isBot: false },
  at: '2026-11-21T08:00:00Z',
  url: 'https://github.com/acme/shop/pull/2#issuecomment-1',
  digest: DIGEST,
  withdrawn: null,
  permission: 'maintain',
  teams: [],
};

/** Four hours later. */
export const WEIGHING: Weighing = {
  verdict: { verdict: 'review', digest: DIGEST, approvals: [asks(['permission:maintain'])] },
  contributors: [1],
  ownersOf: () => [],
  now: '2026-11-21T12:00:00Z',
  expiresHours: 168,
  sharedWith: [],
};
