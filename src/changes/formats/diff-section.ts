import type { ChangeError } from '../change-error.ts';
import type { Edit, Hunk } from '../edit.ts';
import { fileName, type Names, withoutPrefixes } from './diff-names.ts';

/** The part of a diff that is about one file. */
export interface Section {
  names: Names;
  readonly isGit: boolean;
  /** Whether the names are from `---` and `+++` lines. */
  hasNames?: boolean;
  /** Lines above the first hunk: git's extended headers, or prose. */
  readonly headers: string[];
  readonly hunks: Hunk[];
}

/** The edits that a section of a diff asks for, or why there are none. */
export function editsOfSection(section: Section): readonly Edit[] | ChangeError {
  const { old, now } = withoutPrefixes(section.names);
  const name = JSON.stringify(now ?? old ?? '?');
  const header = (start: string) => {
    const line = section.isGit ? section.headers.find((line) => line.startsWith(start)) : undefined;
    return line?.slice(start.length) ?? null;
  };
  if (
    header('GIT binary patch') !== null ||
    section.headers.some((line) => /^Binary files .* differ$/.test(line))
  )
    return refused('binary_patch', `The patch of ${name} is binary, and only text can be patched.`);
  if (header('copy from ') !== null)
    return refused('copy', `The patch copies a file to ${name}, which edits do not do.`);
  if (header('new mode ') !== null)
    return refused('mode_change', `The patch changes the mode of ${name}, which edits do not do.`);

  const [from, to] = [header('rename from '), header('rename to ')];
  if (from !== null && to !== null) {
    const [path, target] = [fileName(from) ?? '', fileName(to) ?? ''];
    return [...patch(path, section.hunks), { op: 'rename_file', path, to: target }];
  }
  const mode = header('new file mode ');
  if (mode !== null || (old === null && now !== null)) return created(now ?? old ?? '', mode, section.hunks);
  if (header('deleted file mode ') !== null || (now === null && old !== null)) {
    return [{ op: 'patch_file', path: old ?? now ?? '', by: 'number', hunks: section.hunks, deletes: true }];
  }
  if (old === null) return refused('no_path', 'A part of the diff names no file.');
  return patch(old, section.hunks, true);
}

function patch(path: string, hunks: readonly Hunk[], always = false): Edit[] {
  if (hunks.length === 0 && !always) return [];
  const by = hunks.every(({ line }) => line !== null) ? 'number' : 'text';
  return [{ op: 'patch_file', path, by, hunks }];
}

function created(path: string, mode: string | null, hunks: readonly Hunk[]): readonly Edit[] | ChangeError {
  const lines = hunks.flatMap(({ lines }) => lines);
  if (hunks.length > 1 || lines.some(({ sign }) => sign !== '+'))
    return refused(
      'bad_hunk_line',
      `The patch creates ${JSON.stringify(path)}, and has lines that are not new.`,
    );
  const content = lines.map(({ text, bare }) => (bare ? text : `${text}\n`)).join('');
  const create = { op: 'create_file' as const, path, content };
  return [mode === null || mode === '100644' ? create : { ...create, mode }];
}

function refused(code: string, message: string): ChangeError {
  return { code, message, hint: 'Leave this file to a person, or send the change in another form.' };
}
