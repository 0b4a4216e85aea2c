import { describe, expect, it } from 'vitest';
import { stateOf } from '../../src/github/thread.ts';
import type { ThreadNode } from '../../src/github/thread-document.ts';

const ADA = { id: 42, login: 'ada', isBot: false };

/** A thread in which GitHub says that `login: "ada"` is this account, with this right. */
const threadOf = (
  permission: string,
  databaseId = ADA.id,
  visibility: ThreadNode['visibility'] = 'PRIVATE',
) => {
  const comments = { oldest: { nodes: [] }, newest: { nodes: [] } };
  const collaborators = { edges: [{ permission, node: { databaseId } }] };
  return { id: 'R_1', visibility, collaborators, ref: null, issueOrPullRequest: { id: 'I_1', ...comments } };
};
const permissionOf = (node: ThreadNode, asker = ADA) => stateOf(node, asker).told?.permission;

describe('the permission of who asks, as the thread’s document tells it', () => {
  it('S0-30: another account that has taken over the login gets nothing', () => {
    expect(permissionOf(threadOf('ADMIN'))).toBe('admin');
    expect(permissionOf(threadOf('ADMIN', 43))).toBe('none');
  });

  it('S0-30: whoever has no role may read what everybody may, and a right of another name is none', () => {
    const stranger = { ...threadOf(''), collaborators: { edges: [] } };
    expect(permissionOf(stranger)).toBe('none');
    expect(permissionOf({ ...stranger, visibility: 'PUBLIC' })).toBe('read');
    expect(permissionOf(threadOf('OWNER'))).toBe('none');
  });

  it('S0-30: is not known where GitHub does not say, of bots, and in internal repositories', () => {
    expect(permissionOf({ ...threadOf('ADMIN'), collaborators: null })).toBeNull();
    expect(permissionOf(threadOf('ADMIN'), { ...ADA, isBot: true })).toBeNull();
    expect(permissionOf(threadOf('ADMIN', 42, 'INTERNAL'))).toBeNull();
  });
});
