import type { Report } from '../threads/thread-text.ts';

/** A check that failed, as its service tells of it. All of it is hostile text. */
export interface FailingCheck {
  readonly name: string;
  readonly conclusion: string;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly {
    readonly path: string;
    readonly line: number;
    readonly level: string;
    readonly message: string;
  }[];
  /** The end of its job's log; null where there is none to read. */
  readonly log: string | null;
  /** A check of this name fails on the base branch as well. */
  readonly failsOnBase: boolean;
}

/** Who made a commit of a pull request. `other`: a bot, or an address that belongs to no account. */
export type PullCommit =
  | { readonly by: 'person' | 'other' }
  /** `cause`: what else than somebody's mention asked for it. */
  | { readonly by: 'conductor'; readonly cause: string | null };

/** Characters of all failing checks in a request, so that the thread keeps its room beside them. */
const ROOM = 40_000;
const LOG_LINES = 200;
const LOG_CHARACTERS = 20_000;
const SUMMARY_CHARACTERS = 4_000;
const MESSAGE_CHARACTERS = 1_000;

/** What failing checks say, as agents are told what others wrote. */
export function reportsOf(checks: readonly FailingCheck[]): readonly Report[] {
  const room = Math.floor(ROOM / Math.max(1, checks.length));
  return checks.map((check) => ({ author: `check ${nameOf(check)}`, body: textOf(check, room) }));
}

/** A check's name in one line of plain characters. */
export const nameOf = ({ name }: Pick<FailingCheck, 'name'>) =>
  name
    .replace(/[^\p{L}\p{N} .,:/()_-]+/gu, ' ')
    .trim()
    .slice(0, 80);

function textOf({ conclusion, title, summary, annotations, log }: FailingCheck, room: number): string {
  const annotated = annotations.map(
    ({ path, line, level, message }) => `- ${path}:${line} ${level}: ${message.slice(0, MESSAGE_CHARACTERS)}`,
  );
  const told = [
    `Conclusion: ${conclusion}`,
    title,
    summary.slice(0, SUMMARY_CHARACTERS),
    annotated.length > 0 ? `Annotations:\n${annotated.join('\n')}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .slice(0, Math.floor(room * (log === null ? 1 : 0.5)));
  if (log === null) return told;
  return `${told}\n\nThe end of its log:\n${log.slice(-Math.max(0, room - told.length - 30))}`;
}

/** `2026-01-01T00:00:00.0000000Z `, which GitHub Actions writes before each line. */
const TIMESTAMP = /^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g;
const ERROR = '##[error]';

/**
 * The last lines of a job's log up to its last error, since what a runner writes after that is cleaning up; without
 * timestamps and colours.
 */
export function endOfLog(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(TIMESTAMP, '').replace(ANSI, ''));
  const error = lines.findLastIndex((line) => line.startsWith(ERROR));
  const kept = error < 0 ? lines : lines.slice(0, error + 1);
  return kept.join('\n').trimEnd().split('\n').slice(-LOG_LINES).join('\n').slice(-LOG_CHARACTERS);
}
