import { z } from 'zod';
import { recheckOf } from '../commands/recheck.ts';
import type {
  AskingEvent,
  AskingText,
  Cause,
  Person,
  RepositoryRef,
  ThreadSnapshot,
} from '../commands/request.ts';
import type { IgnoredReason, ReadEvent } from './handled.ts';

/** The parts of GitHub's payloads that handlers read. Everything else in a payload passes by unseen. */

const account = z.object({ id: z.int(), login: z.string().min(1), type: z.string() });

export const repository = z.object({
  id: z.int(),
  name: z.string().min(1),
  default_branch: z.string().min(1),
  owner: z.object({ login: z.string().min(1) }),
});

/** What every payload that may command has. Accounts are null for people who deleted theirs. */
export const envelope = z.object({
  action: z.string(),
  repository,
  installation: z.object({ id: z.int() }).nullish(),
  sender: account.nullish(),
});

export const text = z.object({
  id: z.int(),
  node_id: z.string().min(1),
  html_url: z.string(),
  body: z.string().nullish(),
  created_at: z.string().nullish(),
  submitted_at: z.string().nullish(),
  user: account.nullish(),
  performed_via_github_app: z.unknown().optional(),
  pull_request_review_id: z.int().nullish(),
});

export const thread = z.object({
  number: z.int().min(1),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  state: z.string().nullish(),
  locked: z.boolean().nullish(),
  user: z.object({ login: z.string(), type: z.string().nullish() }).nullish(),
  pull_request: z.unknown().optional(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
});

export type Text = z.output<typeof text>;
export type Thread = z.output<typeof thread>;
export type Envelope = z.output<typeof envelope>;

export function repositoryRef(from: z.output<typeof repository>): RepositoryRef {
  return { id: from.id, owner: from.owner.login, name: from.name, defaultBranch: from.default_branch };
}

function personOf(from: z.output<typeof account>, byApp: boolean): Person {
  return { id: from.id, login: from.login, isBot: from.type !== 'User' || byApp };
}

export function threadSnapshot(from: Thread, kind: ThreadSnapshot['kind']): ThreadSnapshot {
  return {
    number: from.number,
    kind,
    title: from.title,
    body: from.body ?? '',
    author: from.user?.login ?? 'ghost',
    url: from.html_url,
    closed: from.state !== 'open',
    locked: from.locked ?? false,
    ...(from.labels && from.labels.length > 0 && { labels: from.labels.map(({ name }) => name) }),
  };
}

function askingText(from: Text, kind: AskingText['kind']): AskingText {
  return {
    kind,
    id: from.id,
    nodeId: from.node_id,
    url: from.html_url,
    body: from.body ?? '',
    createdAt: from.created_at ?? from.submitted_at ?? '',
    ...(from.pull_request_review_id && { reviewId: from.pull_request_review_id }),
  };
}

/** True for a pull request that looks like Conductor's own. Whether it is, the run asks GitHub. */
export function looksOwn({ user, body }: Thread): boolean {
  return user?.type === 'Bot' && (body ?? '').startsWith('<!-- conductor:pull-request');
}

/**
 * A text that may command, as an asking event. Cheap: whether it does command is read later, in `read-command.ts`.
 * With a `cause`, it may count also when it mentions nobody.
 */
export function askingEvent(
  envelope: Envelope,
  thread: ThreadSnapshot,
  text: Text,
  kind: AskingText['kind'],
  cause: Cause = 'mention',
): AskingEvent | IgnoredReason {
  if (cause === 'mention' && !text.body?.includes('@')) return 'no_mention';
  if (!text.user) return 'no_author';
  const byApp = text.performed_via_github_app !== null && text.performed_via_github_app !== undefined;
  const asker = personOf(text.user, byApp);
  // Our own comments name the people they answer; without this each of them would be stored and read.
  if (asker.isBot && text.body?.startsWith('<!-- conductor:')) return 'own_comment';
  return {
    action: envelope.action,
    installationId: envelope.installation?.id ?? null,
    repository: repositoryRef(envelope.repository),
    thread,
    asker,
    asking: askingText(text, kind),
    ...(cause !== 'mention' && { cause }),
  };
}

/**
 * Something happened to a pull request of Conductor's own that may void an approval. Nobody asks for anything: `sender` is
 * told as who did it. `what` names it, so that a redelivery is the same event. `head`: its head before, where that moved.
 */
export function recheck(
  envelope: Envelope,
  thread: ThreadSnapshot,
  what: string,
  head?: AskingEvent['head'],
): ReadEvent {
  const installationId = envelope.installation?.id ?? null;
  const pull = { installationId, repository: repositoryRef(envelope.repository), thread };
  const event = { ...recheckOf(pull, what, envelope.sender?.login), ...(head && { head }) };
  return { kind: 'asking', configChange: null, event };
}

/** A thread that was closed, locked or deleted: whatever is under way in it has lost its ground. */
export function threadEnded(envelope: Envelope, number: number, ownMerged = false): ReadEvent {
  const by = envelope.sender?.login ?? 'ghost';
  return {
    kind: 'ended',
    what: { scope: 'thread', repositoryId: envelope.repository.id, number, by, ownMerged },
  };
}
