import type { Side } from './git/patch-lines.ts';
import { Refusal, unserved } from './refusal.ts';
import type { CommentDraft, Unplaced } from './review-comments.ts';

const KEYS = new Set(['path', 'body', 'line', 'side', 'start_line', 'start_side']);
/** What the single comment's route knows besides. */
const SINGLE_KEYS = new Set([...KEYS, 'commit_id', 'subject_type', 'in_reply_to']);

/** One of a review's `comments`. */
export function readDraft(value: Readonly<Record<string, unknown>>): CommentDraft {
  return read(value, KEYS);
}

/** The body of `POST .../pulls/{n}/comments`. */
export function readSingleDraft(value: Readonly<Record<string, unknown>>): CommentDraft {
  return read(value, SINGLE_KEYS);
}

function read(value: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): CommentDraft {
  const unknown = Object.keys(value).find((key) => !keys.has(key));
  if (unknown !== undefined) throw unserved(`"${unknown}" of a comment on lines`);
  const { path, body, line, side, start_line, start_side, subject_type } = value;
  if (typeof path !== 'string' || typeof body !== 'string' || body.trim() === '') {
    throw new Refusal(422, 'Invalid request.\n\n"path" and "body" must be supplied.');
  }
  return {
    path,
    body,
    subject: subject_type === 'file' ? 'file' : 'line',
    line: numberOr(line),
    side: sideOr(side) ?? 'RIGHT',
    startLine: numberOr(start_line),
    startSide:
      start_line === undefined || start_line === null
        ? null
        : (sideOr(start_side) ?? sideOr(side) ?? 'RIGHT'),
  };
}

/** GitHub's words for a review comment that it cannot place; it does not say which of several. */
export function unplacedRefusal(what: Unplaced): Refusal {
  const sentence = {
    path: 'Path could not be resolved',
    line: 'Line could not be resolved',
    start_line: 'Start line could not be resolved',
  };
  return new Refusal(422, 'Unprocessable Entity', { body: { errors: [sentence[what]] } });
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

function sideOr(value: unknown): Side | null {
  return value === 'LEFT' || value === 'RIGHT' ? value : null;
}
