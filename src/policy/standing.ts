import type { DigestParts, Requirement, Verdict } from './verdict.ts';

/** A person's yes or no to a change, and everything that decides whether it counts. Plain data, gathered live. */
export interface Word {
  readonly says: 'approve' | 'deny';
  readonly person: { readonly id: number; readonly login: string; readonly isBot: boolean };
  /** When it was said, ISO 8601 in UTC. */
  readonly at: string;
  readonly url: string;
  /** The digest that it is bound to; null: to none that is known. */
  readonly digest: string | null;
  /** Its comment was edited, or its review dismissed. What was deleted is not listed at all. */
  readonly withdrawn: 'edited' | 'dismissed' | null;
  /** What the person may do in the repository, at this moment. */
  readonly permission: 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';
  /** Of the teams that are asked for, those that the person is in; `organisation/team`. */
  readonly teams: readonly string[];
}

/** What the words are weighed against. */
export interface Weighing {
  readonly verdict: Pick<Verdict, 'verdict' | 'digest' | 'approvals'>;
  /** Accounts that asked for the change, or wrote a part of it: their yes never counts. */
  readonly contributors: readonly number[];
  /** The owners of a file as CODEOWNERS names them: `@login`, `@organisation/team`; empty: nobody. */
  readonly ownersOf: (path: string) => readonly string[];
  /** ISO 8601. */
  readonly now: string;
  readonly expiresHours: number;
  /** Other open pull requests with the same head commit: what is said on that commit would count for them, too. */
  readonly sharedWith: readonly number[];
}

/** A word that does not count, and why, as the end of a sentence. */
export interface NotCounted {
  readonly word: Word;
  readonly code: 'other_digest' | 'withdrawn' | 'expired' | 'bot' | 'contributor' | 'not_allowed';
}

/** Whose yes is still missing. */
export interface Missing {
  readonly requirement: Requirement;
  /** How many more people. */
  readonly left: number;
  /** Files that no owner has approved yet. */
  readonly paths: readonly string[];
}

/** How a change stands with the people whose approval it needs. */
export interface Standing {
  readonly state: 'not_needed' | 'approved' | 'waiting' | 'denied' | 'blocked' | 'shared';
  readonly counted: readonly Word[];
  readonly notCounted: readonly NotCounted[];
  readonly missing: readonly Missing[];
  readonly sharedWith: readonly number[];
  /** When the first approval that it stands on expires, ISO 8601; null: it stands on none. */
  readonly until: string | null;
}

const RANKS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
const HOUR_MS = 3_600_000;

/**
 * Weighs what people said about a change. Pure and total. A person's last word counts, and only for the very digest that
 * stands; one no of somebody who may write here holds everything. Where in doubt, it does not count.
 */
export function standingOf(words: readonly Word[], weighing: Weighing): Standing {
  const { verdict } = weighing;
  const notCounted: NotCounted[] = [];
  const last = new Map<number, Word>();
  for (const word of words.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const code = whyNot(word, weighing);
    if (code) notCounted.push({ word, code });
    else last.set(word.person.id, word);
  }
  const counted = [...last.values()];
  const yes = counted.filter(({ says }) => says === 'approve');
  const missing = verdict.approvals.flatMap((requirement) => stillMissing(requirement, yes, weighing));
  const { sharedWith } = weighing;
  const state = stateOf();
  const until = state === 'approved' ? firstExpiry(yes, weighing) : null;
  return { state, counted, notCounted, missing, sharedWith, until };

  function stateOf(): Standing['state'] {
    if (verdict.verdict === 'block') return 'blocked';
    if (counted.length > yes.length) return 'denied';
    if (missing.length > 0) return 'waiting';
    if (sharedWith.length > 0) return 'shared';
    return verdict.verdict === 'auto' ? 'not_needed' : 'approved';
  }
}

/** How a change stands that nobody has said anything about yet. */
export const unsaid = (verdict: Weighing['verdict']): Standing =>
  standingOf([], { verdict, contributors: [], ownersOf: () => [], now: '', expiresHours: 0, sharedWith: [] });

/** Why a word does not count; null: it does. What is bound to another digest is told first: all else is beside the point. */
function whyNot(word: Word, weighing: Weighing): NotCounted['code'] | null {
  const { verdict, contributors, now, expiresHours } = weighing;
  if (word.withdrawn !== null) return 'withdrawn';
  if (word.digest !== verdict.digest) return 'other_digest';
  if (word.person.isBot) return 'bot';
  if (!(Date.parse(now) - Date.parse(word.at) < expiresHours * HOUR_MS)) return 'expired';
  if (word.says === 'approve' && contributors.includes(word.person.id)) return 'contributor';
  if (RANKS.indexOf(word.permission) < RANKS.indexOf('write')) return 'not_allowed';
  if (word.says === 'deny') return null;
  return verdict.approvals.some((requirement) => reachOf(word, requirement, weighing) !== null)
    ? null
    : 'not_allowed';
}

function firstExpiry(yes: readonly Word[], { expiresHours }: Weighing): string {
  const first = Math.min(...yes.map(({ at }) => Date.parse(at)));
  return new Date(first + expiresHours * HOUR_MS).toISOString();
}

/** How far a person's yes reaches: over the whole change, or over the files that they own. */
type Reach = { readonly whole: boolean; readonly paths: readonly string[] };

/** Null: the requirement does not ask this person. */
function reachOf(word: Word, { from, paths }: Requirement, { ownersOf }: Weighing): Reach | null {
  if (from.some((entry) => isMeant(word, entry))) return { whole: true, paths: [] };
  if (!from.includes('owners')) return null;
  if (paths.length === 0) return isMaintainer(word) ? { whole: true, paths: [] } : null;
  const owned = paths.filter((path) => owns(word, ownersOf(path)));
  return owned.length > 0 ? { whole: false, paths: owned } : null;
}

function isMeant(word: Word, entry: string): boolean {
  const rank = RANKS.findIndex((each) => entry === `permission:${each}`);
  if (rank !== -1) return RANKS.indexOf(word.permission) >= rank;
  return entry.startsWith('team:') && isIn(word, entry.slice('team:'.length));
}

const isIn = (word: Word, team: string) =>
  word.teams.some((each) => each.toLowerCase() === team.toLowerCase());

const isMaintainer = ({ permission }: Word) => permission === 'maintain' || permission === 'admin';

/** What nobody owns, whoever maintains the repository answers for. */
function owns(word: Word, owners: readonly string[]): boolean {
  if (owners.length === 0) return isMaintainer(word);
  return owners.some((owner) => {
    const name = owner.replace(/^@/, '').toLowerCase();
    return name.includes('/') ? isIn(word, name) : name === word.person.login.toLowerCase();
  });
}

function stillMissing(requirement: Requirement, yes: readonly Word[], weighing: Weighing): Missing[] {
  const given = yes.flatMap((word) => reachOf(word, requirement, weighing) ?? []);
  const covered = new Set(given.flatMap(({ paths }) => paths));
  const byOwners = requirement.from.includes('owners') && !given.some(({ whole }) => whole);
  const paths = byOwners ? requirement.paths.filter((path) => !covered.has(path)) : [];
  const left = Math.max(0, requirement.required - given.length);
  return left === 0 && paths.length === 0 ? [] : [{ requirement, left: Math.max(left, 1), paths }];
}

/** Which parts of a digest are others now, in words; empty where nothing is known of the old one. */
export function changedParts(then: Partial<DigestParts>, now: DigestParts): string[] {
  const names: Readonly<Record<keyof DigestParts, string>> = {
    files: 'the files',
    base: 'the base commit',
    policy: 'the policy',
    change: 'the commit',
  };
  const parts: readonly (keyof DigestParts)[] = ['files', 'base', 'policy', 'change'];
  return parts.flatMap((part) => {
    const was = then[part];
    return was !== undefined && !now[part].startsWith(was) ? [names[part]] : [];
  });
}
