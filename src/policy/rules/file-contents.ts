import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * Files that nobody reads as a whole. What is not text can't be written at all (`not-applicable` says so, with the
 * code `not_text` or `file_too_large`), and is looked at here should a change hold it all the same.
 */
export const fileContents: Rule = {
  name: 'file-contents',
  title: ({ change_limits: { max_file_kib, max_deletions } }) =>
    `Files are text of at most ${max_file_kib} KiB, and at most ${max_deletions} are deleted.`,

  find({ applied }, { change_limits: { max_file_kib, max_deletions } }) {
    if (!applied.ok) return [];
    const deleted = applied.files.filter(({ op }) => op === 'delete').length;
    const many: Finding = {
      verdict: 'review',
      message: `The change deletes ${deleted} files; the limit is ${max_deletions}.`,
      fix: 'Ask for a smaller change, approve this one, or raise `change_limits.max_deletions`.',
    };
    return [
      ...(deleted > max_deletions ? [many] : []),
      ...applied.files.flatMap((file) => [...notText(file), ...tooLarge(file, max_file_kib)]),
    ];
  },
};

function notText({ op, path, before, after, modeBefore }: FileChange): Finding[] {
  const isHidden = op === 'delete' && before === null && modeBefore !== '120000';
  if (isHidden)
    return [
      {
        verdict: 'review',
        path,
        message: `${shownPath(path)} is not text, so what the deletion takes away can't be shown.`,
        fix: 'A person has to look at the file and approve the change.',
      },
    ];
  if (after === null || (!after.includes('\0') && after.isWellFormed())) return [];
  const message = `${shownPath(path)} would not be text.`;
  return [{ verdict: 'block', path, message, fix: 'Leave files that are not text to a person.' }];
}

function tooLarge({ path, before, after }: FileChange, limit: number): Finding[] {
  const kib = kibOf(after);
  // A large file that shrinks, or stays, is not the change's doing.
  if (kib <= limit || kib <= kibOf(before)) return [];
  return [
    {
      verdict: 'review',
      path,
      message: `${shownPath(path)} would have ${Math.ceil(kib)} KiB; the limit is ${limit}.`,
      fix: 'Split the file, approve the change, or raise `change_limits.max_file_kib`.',
    },
  ];
}

function kibOf(text: string | null): number {
  return text === null ? 0 : new TextEncoder().encode(text).byteLength / 1024;
}
