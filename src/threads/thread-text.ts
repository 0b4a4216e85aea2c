import type { CommandRequest } from '../commands/request.ts';
import { asSeen } from './as-seen.ts';
import { element, escaped, group, withoutUnseen } from './hostile-text.ts';
import { type Piece, withoutMiddle } from './share-out.ts';
import { estimateTokens } from './token-count.ts';
import { type Before, before, type ThreadMessage } from './transcript.ts';

/** Kept for the first message however much was said since: it says what the thread is about. */
const SHARE_OF_FIRST = 0.5;
/** Of one message no more than this share of the room, so that one pasted log does not cost all others. */
const SHARE_OF_ONE = 0.4;
const TAGS_TOKENS = 40;
const NOTE_TOKENS = 20;
const LONGEST_TITLE = 300;

/**
 * What an agent may know of a thread's messages: not the request itself, not Conductor's own, and nothing that was
 * written or edited after the request: whoever asked had not seen it.
 */
export function messagesBefore({ asking }: CommandRequest, transcript: readonly ThreadMessage[]): Before {
  const at = transcript.findIndex(({ id }) => id === asking.id);
  // GitHub's times are whole seconds: of two messages of one second the order tells which came first.
  const above = at < 0 ? transcript : transcript.slice(0, at);
  return before(
    above.filter(({ own }) => !own),
    asking.createdAt,
  );
}

/** The thread, oldest first. Where it is too long, its oldest messages go first; the first one stays. */
export function threadPiece(
  request: CommandRequest,
  earlier: readonly ThreadMessage[],
  editedSince: number,
  room: number,
): Piece {
  const { thread, repository } = request;
  const kind = thread.kind === 'issue' ? 'issue' : 'pull request';
  const attributes = { title: thread.title.slice(0, LONGEST_TITLE), by: thread.author };
  const where = `Repository ${repository.owner}/${repository.name}, ${kind} #${thread.number}.`;
  const around = estimateTokens(`${where}${group('thread', attributes, [])}`) + NOTE_TOKENS;
  const free = Math.max(0, room - around);
  const first = withoutMiddle(
    asSeen(thread.body).trim(),
    Math.floor(free * SHARE_OF_FIRST),
    'the first message',
  );
  let left = free - estimateTokens(first.text);
  const cuts = [...first.cuts];
  const kept: string[] = [];
  for (const { author, body } of earlier.toReversed()) {
    const most = Math.floor(free * SHARE_OF_ONE);
    const message = withoutMiddle(asSeen(body).trim(), most, `a message by ${author}`);
    const wrapped = element('message', { by: author }, message.text);
    left -= estimateTokens(wrapped) + 1;
    if (left < 0) break;
    kept.unshift(wrapped);
    cuts.push(...message.cuts);
  }
  const dropped = earlier.length - kept.length;
  if (dropped > 0) {
    const what = `${dropped} older message${dropped === 1 ? '' : 's'}`;
    kept.unshift(`(${what} left out)`);
    cuts.push(what);
  }
  if (editedSince > 0) {
    const what = `${editedSince} message${editedSince === 1 ? '' : 's'} edited after the request`;
    kept.push(`(${what} left out)`);
    cuts.push(what);
  }
  return { text: `${where}\n\n${group('thread', attributes, [escaped(first.text), ...kept])}`, cuts };
}

/** Words that belong to a request and stand nowhere in its thread. */
export type Report = Pick<ThreadMessage, 'author' | 'body'>;

/** Reports in their order, each with its share of the room: how a log began and how it ended says most. */
export function reportsPiece(reports: readonly Report[], room: number): Piece {
  const each = Math.floor(room / Math.max(1, reports.length)) - TAGS_TOKENS;
  const pieces = reports.map(({ author, body }) => {
    const { text, cuts } = withoutMiddle(
      withoutUnseen(body).trim(),
      Math.max(0, each),
      `what ${author} says`,
    );
    return { text: element('message', { by: author }, text), cuts };
  });
  return { text: pieces.map(({ text }) => text).join('\n\n'), cuts: pieces.flatMap(({ cuts }) => cuts) };
}

/** What was asked, by whom, in the words of the event itself: a later edit of the comment changes nothing. */
export function requestPiece({ asker, asking, command }: CommandRequest, room: number): Piece {
  const asked = asSeen(command.text || asking.body).trim();
  const { text, cuts } = withoutMiddle(asked, Math.max(0, room - TAGS_TOKENS), 'the request');
  const verb = command.verb ? ` to ${command.verb}` : '';
  return { text: `${asker.login} asks you${verb}:\n\n${element('request', {}, text)}`, cuts };
}
