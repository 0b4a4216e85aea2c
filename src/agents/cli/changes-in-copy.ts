import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import { decodeText, MAX_TEXT_BYTES } from '../../changes/text.ts';
import type { Workspace, WorkspaceEntry } from '../../changes/workspace.ts';
import type { CopiedFile } from './copy.ts';
import { CageError, failure } from './failures.ts';
import { type FoundFile, unsafe } from './walk-copy.ts';

const MOST_CHANGES = 5_000;
const MOST_TEXT = 10_000_000;

/**
 * What the CLI has done to the copy, told from the files alone, as applying a change set would tell it: sorted by path,
 * a file that stands elsewhere unchanged is renamed. Throws CageError: `cli_unsafe_change` for a new or changed link
 * and all else that is no file; `not_text` and `file_too_large` for a file that no change set can write;
 * `cli_result_too_large`.
 */
export async function changesInCopy(
  workspace: Workspace,
  before: ReadonlyMap<string, CopiedFile>,
  after: ReadonlyMap<string, FoundFile>,
): Promise<readonly FileChange[]> {
  const base = new Map((await workspace.list()).map((entry) => [entry.path, entry]));
  const closed = [...base.values()].filter(({ mode }) => mode === '160000' || mode === '120000');
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const other = [...after].filter(([path, file]) => !isSame(before.get(path), file));
  if (gone.length + other.length > MOST_CHANGES) throw tooLarge(`${gone.length + other.length} files`);

  const changes: FileChange[] = [];
  const deleted: FileChange[] = [];
  for (const path of gone) deleted.push(await deletion(path));
  for (const [path, file] of other) changes.push(await change(path, file));
  const all = withRenames(deleted, changes).sort((a, b) => (a.path < b.path ? -1 : 1));
  const text = all.reduce((sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0), 0);
  if (text > 2 * MOST_TEXT) throw tooLarge(`${text} characters`);
  return all;

  async function deletion(path: string): Promise<FileChange> {
    const modeBefore = before.get(path)?.mode ?? '100644';
    if (modeBefore === '120000') throw unsafe(path, 'was a symbolic link, and is gone');
    const text = await baseText(path);
    const known = text.ok ? text.text : null;
    return { op: 'delete', path, from: null, before: known, after: null, modeBefore, mode: null };
  }

  async function change(path: string, file: FoundFile): Promise<FileChange> {
    const known = before.get(path);
    const entry = base.get(path);
    if (known?.mode === '120000') throw unsafe(path, 'was a symbolic link, and is another now');
    if (file.mode === '120000') throw unsafe(path, 'is a new symbolic link');
    if (file.mode === 'other') throw unsafe(path, 'is neither a file nor a folder any more');
    if (!known && entry) throw unsafe(path, `stands where the repository has ${kindOf(entry)}`);
    const inside = closed.find((other) => path.startsWith(`${other.path}/`));
    if (inside) throw unsafe(path, `stands where the repository has ${kindOf(inside)}`);

    const text = textAfter(path, file, known);
    const mode = file.mode;
    if (!known)
      return { op: 'create', path, from: null, before: null, after: await text(), modeBefore: null, mode };
    const old = must(await baseText(path));
    return { op: 'modify', path, from: null, before: old, after: await text(), modeBefore: known.mode, mode };
  }

  function textAfter(path: string, file: FoundFile, known: CopiedFile | undefined) {
    return async (): Promise<string> => {
      // Only its mode is another: its bytes are the old ones, and were not kept.
      if (known?.digest === file.digest) return must(await baseText(path));
      const tooLong = new Uint8Array(MAX_TEXT_BYTES + 1);
      return must(decodeText(shownPath(path), file.bytes ?? tooLong));
    };
  }

  async function baseText(path: string) {
    const huge = ((await workspace.sizeOf(path)) ?? 0) > MAX_TEXT_BYTES;
    const bytes = huge ? new Uint8Array(MAX_TEXT_BYTES + 1) : await workspace.read(path);
    return decodeText(shownPath(path), bytes ?? new Uint8Array());
  }
}

function isSame(before: CopiedFile | undefined, { mode, digest }: FoundFile): boolean {
  return before?.mode === mode && before.digest === digest;
}

function must(decoded: ReturnType<typeof decodeText>): string {
  if (decoded.ok) return decoded.text;
  const { code, message, hint } = decoded.error;
  throw new CageError(failure(code, `${message} Nothing of what the CLI did was taken.`, hint));
}

const kindOf = ({ mode }: WorkspaceEntry) =>
  mode === '120000' ? 'a symbolic link' : mode === '160000' ? 'a submodule' : 'another file';

/** A file that is gone, and stands elsewhere with the same text and mode, is renamed. Each is paired once. */
function withRenames(deleted: readonly FileChange[], others: readonly FileChange[]): FileChange[] {
  const free = new Map<string, FileChange[]>();
  const key = (text: string, mode: string | null) => `${mode} ${text}`;
  for (const file of deleted) {
    if (file.before === null || file.before === '') continue;
    const same = key(file.before, file.modeBefore);
    free.set(same, [...(free.get(same) ?? []), file]);
  }
  const renamed = new Set<FileChange>();
  const changes = others.map((file) => {
    if (file.op !== 'create' || file.after === null) return file;
    const origin = free.get(key(file.after, file.mode))?.shift();
    if (!origin) return file;
    renamed.add(origin);
    const { path: from, before, modeBefore } = origin;
    return { ...file, op: 'rename' as const, from, before, modeBefore };
  });
  return [...deleted.filter((file) => !renamed.has(file)), ...changes];
}

function tooLarge(what: string): CageError {
  return new CageError(
    failure(
      'cli_result_too_large',
      `The CLI changed too much for one change set: ${what}.`,
      'Ask for a smaller step, or add what its tools write to .gitignore.',
    ),
  );
}
