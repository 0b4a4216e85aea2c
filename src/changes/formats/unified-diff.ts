import type { Edit } from '../edit.ts';
import { isFileHeader, readHunk } from './diff-hunk.ts';
import { fileName, namesOfGitLine } from './diff-names.ts';
import { editsOfSection, type Section } from './diff-section.ts';
import { type ParsedEdits, readEdits, refuseEdits } from './parsed-edits.ts';

const HUNK_PROBLEMS = {
  hunk_count_wrong: 'has more or fewer lines than its @@ line tells',
  bad_hunk_line: 'has a line that starts with none of space, - and +',
} as const;
const HUNK_HINT = 'Send the whole hunk again; write "@@ ... @@" when you do not know the line numbers.';

/**
 * Reads a unified diff: git's, one with plain names, or one without line numbers (`@@ ... @@`), fenced or not, with
 * prose around it. Refused with a code: what no text edit can do (`binary_patch`, `mode_change`, `copy`), a hunk that
 * is not what its numbers tell (`hunk_count_wrong`), a hunk of no file (`no_path`).
 */
export function parseUnifiedDiff(raw: string): ParsedEdits {
  const lines = raw.split('\n');
  const sections: Section[] = [];
  let section: Section | null = null;
  let summary: string | null = null;
  let at = 0;
  const open = (next: Section) => {
    summary ??= lines
      .slice(0, at)
      .filter((line) => !/^(?:\s*```|Index: |=+$)/.test(line))
      .join('\n');
    sections.push(next);
    return next;
  };

  while (at < lines.length) {
    const line = lines[at]!.replace(/\r$/, '');
    if (line.startsWith('diff --git ')) {
      section = open({ names: namesOfGitLine(line), isGit: true, headers: [], hunks: [] });
      at += 1;
    } else if (isFileHeader(lines, at)) {
      const names = { old: fileName(line.slice(4)), now: fileName(lines[at + 1]!.slice(4)) };
      if (section?.isGit && section.hunks.length === 0 && !section.hasNames) {
        section.names = names;
        section.hasNames = true;
      } else section = open({ names, isGit: false, hasNames: true, headers: [], hunks: [] });
      at += 2;
    } else if (line.startsWith('@@')) {
      if (section === null)
        return refuseEdits(
          'no_path',
          `The hunk at line ${at + 1} is of no file.`,
          'Write --- and +++ lines first.',
        );
      const read = readHunk(lines, at);
      if (typeof read === 'string')
        return refuseEdits(read, `The hunk at line ${at + 1} ${HUNK_PROBLEMS[read]}.`, HUNK_HINT);
      section.hunks.push(read.hunk);
      at = read.next;
    } else {
      if (section?.hunks.length === 0) section.headers.push(line);
      at += 1;
    }
  }

  const edits: Edit[] = [];
  for (const each of sections) {
    const made = editsOfSection(each);
    if ('code' in made) return { ok: false, error: made };
    edits.push(...made);
  }
  return readEdits('unified-diff', edits, summary ?? '');
}
