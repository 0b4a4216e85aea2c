import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestInWords, partsIn } from '../../src/policy/digest.ts';
import {
  changedParts,
  type Standing,
  standingOf,
  type Weighing,
  type Word,
} from '../../src/policy/standing.ts';
import type { Requirement } from '../../src/policy/verdict.ts';
import { asks, DIGEST, SAID, WEIGHING } from './said.ts';

const by = (login: string, id: number, more: Partial<Word> = {}): Word => ({
  ...SAID,
  person: { id, login, isBot: false },
  ...more,
});
const asked = (...approvals: Requirement[]): Weighing => ({
  ...WEIGHING,
  verdict: { ...WEIGHING.verdict, approvals },
});
const stateOf = (words: readonly Word[], weighing = WEIGHING): Standing['state'] =>
  standingOf(words, weighing).state;
const whyNot = (word: Word, weighing = WEIGHING) =>
  standingOf([word], weighing).notCounted.map(({ code }) => code);

describe('how a change stands', () => {
  it('waits without a word, and is approved by a yes that counts', () => {
    expect([stateOf([]), stateOf([SAID])]).toEqual(['waiting', 'approved']);
  });

  it.each<[string, Partial<Word>, string]>([
    ['of another digest', { digest: `sha256:${'e'.repeat(64)}` }, 'other_digest'],
    ['of no digest', { digest: null }, 'other_digest'],
    ['that was edited', { withdrawn: 'edited' }, 'withdrawn'],
    ['that was dismissed', { withdrawn: 'dismissed' }, 'withdrawn'],
    ['of a bot', { person: { id: 7, login: 'grace', isBot: true } }, 'bot'],
    ['of whoever asked for it', { person: { id: 1, login: 'grace', isBot: false } }, 'contributor'],
    ['from before it expired', { at: '2026-11-14T12:00:00Z' }, 'expired'],
    ['without a time', { at: '' }, 'expired'],
    ['of a person who may write only', { permission: 'write' }, 'not_allowed'],
    ['of a person who may read', { permission: 'read' }, 'not_allowed'],
  ])('SEC-7, SEC-9, SEC-11, SEC-26: a yes %s does not count', (_, change, code) => {
    expect(whyNot({ ...SAID, ...change })).toEqual([code]);
    expect(stateOf([{ ...SAID, ...change }])).toBe('waiting');
  });

  it('counts a person once, by the last word that counts', () => {
    const later = { ...SAID, at: '2026-11-21T09:00:00Z' };
    const two = asked(asks(['permission:maintain'], { required: 2 }));
    expect(stateOf([SAID, later], two)).toBe('waiting');
    expect(stateOf([SAID, { ...later, says: 'deny' }])).toBe('denied');
    expect(
      stateOf([
        { ...later, says: 'approve' },
        { ...SAID, says: 'deny' },
      ]),
    ).toBe('approved');
    expect(stateOf([SAID, by('linus', 8)], two)).toBe('approved');
  });

  it('S4-17: is approved until the first approval that it stands on expires, and not a moment longer', () => {
    const earlier = by('linus', 8, { at: '2026-11-20T08:00:00Z' });
    const void_ = by('barbara', 9, { at: '2026-11-15T08:00:00Z', withdrawn: 'edited' });
    const until = (words: readonly Word[], weighing = WEIGHING) => standingOf(words, weighing).until;
    expect(until([SAID])).toBe('2026-11-28T08:00:00.000Z');
    expect(until([SAID, earlier, void_])).toBe('2026-11-27T08:00:00.000Z');
    expect(stateOf([SAID], { ...WEIGHING, now: '2026-11-28T07:59:59.999Z' })).toBe('approved');
    expect(stateOf([SAID], { ...WEIGHING, now: '2026-11-28T08:00:00.000Z' })).toBe('waiting');
    const two = asked(asks(['permission:maintain'], { required: 2 }));
    expect([until([]), until([SAID], two), until([SAID, by('margaret', 9, { says: 'deny' })])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('one no of anybody who may write holds it; of a reader it does not', () => {
    const no = by('margaret', 9, { says: 'deny', permission: 'write' });
    expect(stateOf([SAID, no])).toBe('denied');
    expect(stateOf([SAID, { ...no, permission: 'triage' }])).toBe('approved');
    expect(stateOf([no], { ...WEIGHING, verdict: { verdict: 'auto', digest: DIGEST, approvals: [] } })).toBe(
      'denied',
    );
  });

  it('what policy blocks, no yes lets through; what it lets through needs none', () => {
    const verdict = { ...WEIGHING.verdict, verdict: 'block' as const, approvals: [] };
    expect(stateOf([SAID], { ...WEIGHING, verdict })).toBe('blocked');
    expect(stateOf([], { ...WEIGHING, verdict: { ...verdict, verdict: 'auto' } })).toBe('not_needed');
  });

  it('SEC-25: another pull request with the same commit keeps both from passing', () => {
    expect(stateOf([SAID], { ...WEIGHING, sharedWith: [14] })).toBe('shared');
    const verdict = { verdict: 'auto' as const, digest: DIGEST, approvals: [] };
    expect(stateOf([], { ...WEIGHING, verdict, sharedWith: [14] })).toBe('shared');
  });

  it('teams are matched whole and without case, and a team of another organisation is another', () => {
    const leads = asked(asks(['team:acme/leads']));
    const word = by('margaret', 9, { permission: 'write' });
    expect(stateOf([{ ...word, teams: ['Acme/Leads'] }], leads)).toBe('approved');
    expect(stateOf([{ ...word, teams: ['evil/leads', 'acme/leads-2'] }], leads)).toBe('waiting');
  });

  it('owners: each file that has owners needs one of them; what nobody owns, a maintainer answers for', () => {
    const ownersOf = (path: string) =>
      path === 'src/a.ts' ? ['@margaret'] : path === 'src/b.ts' ? ['@acme/backend'] : [];
    const paths = ['src/a.ts', 'src/b.ts', 'README.md'];
    const weighing = { ...asked(asks(['owners'], { paths })), ownersOf };
    const margaret = by('Margaret', 9, { permission: 'write' });
    const linus = by('linus', 8, { permission: 'write', teams: ['acme/backend'] });
    expect(standingOf([margaret], weighing).missing).toMatchObject([
      { left: 1, paths: ['src/b.ts', 'README.md'] },
    ]);
    expect(stateOf([margaret, linus], weighing)).toBe('waiting');
    expect(stateOf([margaret, linus, SAID], weighing)).toBe('approved');
    expect(stateOf([SAID], weighing)).toBe('waiting');
  });

  it('a file by the name of a word of ours is a file', () => {
    const ownersOf = (path: string) => (path === 'all' ? ['@margaret'] : ['@nobody']);
    const weighing = { ...asked(asks(['owners'], { paths: ['all', 'src/a.ts'] })), ownersOf };
    expect(stateOf([by('margaret', 9, { permission: 'write' })], weighing)).toBe('waiting');
  });

  it('all requirements hold together', () => {
    const both = asked(
      asks(['permission:maintain']),
      asks(['team:acme/security'], { rule: 'dependency-files' }),
    );
    expect(stateOf([SAID], both)).toBe('waiting');
    expect(stateOf([{ ...SAID, teams: ['acme/security'] }], both)).toBe('approved');
  });

  it('an entry that is none asks nobody', () => {
    for (const entry of ['permission:', 'permission:owner', 'team:', '', 'owner', 'permission:none '])
      expect(stateOf([{ ...SAID, permission: 'admin' }], asked(asks([entry])))).toBe('waiting');
  });

  it('never passes by words of contributors, bots or readers, however many there are', () => {
    const word = fc.record({
      says: fc.constantFrom('approve' as const, 'deny' as const),
      id: fc.constantFrom(1, 2),
      isBot: fc.boolean(),
      at: fc.constantFrom('2026-11-21T08:00:00Z', '2026-11-21T10:00:00Z', 'x', ''),
      permission: fc.constantFrom('read' as const, 'write' as const, 'admin' as const),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const said = words.map(({ id, isBot, permission, ...rest }) => ({
          ...SAID,
          ...rest,
          person: { id, login: `p${id}`, isBot },
          // Only 2 is no contributor, and it may not write.
          permission: id === 2 && !isBot ? ('read' as const) : permission,
        }));
        expect(stateOf(said)).not.toBe('approved');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what changed', () => {
  const parts = {
    files: 'a'.repeat(64),
    base: 'b'.repeat(40),
    policy: 'c'.repeat(64),
    change: '1a2b3c4d5e6f',
  };

  it('is told from what was shown before, part by part', () => {
    const text = `So: ${digestInWords(DIGEST, parts)} there`;
    const then = partsIn(text, DIGEST)!;
    expect(changedParts(then, parts)).toEqual([]);
    expect(changedParts(then, { ...parts, policy: 'd'.repeat(64), base: 'e'.repeat(40) })).toEqual([
      'the base commit',
      'the policy',
    ]);
    expect(partsIn(text, `sha256:${'e'.repeat(64)}`)).toBeNull();
    expect(partsIn(text, 'sha256:dddddddddddd')).toEqual(then);
  });
});
