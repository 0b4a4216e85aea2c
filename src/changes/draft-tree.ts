import type { ChangeError } from './change-error.ts';
import { type EditedText, editText } from './edited-text.ts';
import { shownPath } from './paths.ts';
import { decodeText, MAX_TEXT_BYTES } from './text.ts';
import type { Workspace, WorkspaceEntry } from './workspace.ts';

/** A file that exists in the draft. */
export interface DraftFile {
  readonly text: EditedText;
  readonly mode: string;
}

/** A place that the change set has touched: what is there now, and which file of the base it came from. */
interface Place {
  readonly file: DraftFile | null;
  readonly origin: string | null;
}

export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ChangeError };

/** The base with a change set's edits laid over it, in memory. Reads each file of the workspace at most once. */
export interface DraftTree {
  readonly base: ReadonlyMap<string, WorkspaceEntry>;
  readonly touched: ReadonlyMap<string, Place>;
  exists(path: string): boolean;
  /** The file of the base that the file at `path` is, or was when it stood there; null for a new one. */
  originOf(path: string): string | null;
  /** Null when a new file may stand at `path`: nothing is there, no part of it is a file, and it is no folder. */
  occupied(path: string): ChangeError | null;
  /** Null when `path` is a regular file. */
  missing(path: string): ChangeError | null;
  /** The text of a file of the base. Errors: `not_text`, `file_too_large`. */
  baseText(path: string): Promise<Found<string>>;
  /** The regular file at `path`, opened for edits. */
  open(path: string): Promise<Found<DraftFile>>;
  put(path: string, file: DraftFile, origin: string | null): void;
  remove(path: string): void;
}

/** Opens a draft over a workspace. */
export async function openDraft(workspace: Workspace): Promise<DraftTree> {
  const base = new Map((await workspace.list()).map((entry) => [entry.path, entry]));
  const touched = new Map<string, Place>();
  const texts = new Map<string, Found<string>>();
  const folders = new Map<string, number>();
  for (const path of base.keys()) count(path, 1);

  function count(path: string, by: 1 | -1): void {
    for (const folder of foldersOf(path)) folders.set(folder, (folders.get(folder) ?? 0) + by);
  }

  function exists(path: string): boolean {
    const place = touched.get(path);
    return place ? place.file !== null : base.has(path);
  }

  function originOf(path: string): string | null {
    const place = touched.get(path);
    return place ? place.origin : base.has(path) ? path : null;
  }

  /** Null for what is not there or is a regular file. */
  function notRegular(path: string): ChangeError | null {
    const mode = touched.has(path) ? '100644' : base.get(path)?.mode;
    if (mode !== '120000' && mode !== '160000') return null;
    const kind = mode === '120000' ? 'a symbolic link' : 'a submodule';
    return {
      code: 'not_a_regular_file',
      message: `${shownPath(path)} is ${kind}, which a change set does not change or write through.`,
      hint: 'Name a regular file, or let a person change this one.',
    };
  }

  function missing(path: string): ChangeError | null {
    if (exists(path)) return notRegular(path);
    return (
      ancestorProblem(path) ?? {
        code: 'file_missing',
        message: `There is no file ${shownPath(path)} at this point of the change set.`,
        hint: 'Look at the list of files; after a rename, use the new name.',
      }
    );
  }

  function ancestorProblem(path: string): ChangeError | null {
    const file = foldersOf(path).find(exists);
    if (file === undefined) return null;
    return notRegular(file) ?? conflict(path, `${shownPath(file)} is a file, not a folder`);
  }

  async function baseText(path: string): Promise<Found<string>> {
    const known = texts.get(path);
    if (known) return known;
    const text = await readText(path);
    texts.set(path, text);
    return text;
  }

  async function readText(path: string): Promise<Found<string>> {
    // A huge file is refused by its size, before its bytes are in memory.
    const size = (await workspace.sizeOf(path)) ?? 0;
    const bytes = size > MAX_TEXT_BYTES ? new Uint8Array(MAX_TEXT_BYTES + 1) : await workspace.read(path);
    const decoded = decodeText(shownPath(path), bytes ?? new Uint8Array());
    return decoded.ok ? { ok: true, value: decoded.text } : decoded;
  }

  return {
    base,
    touched,
    exists,
    originOf,
    missing,
    baseText,

    occupied(path) {
      if (exists(path)) return notRegular(path) ?? taken(path);
      if ((folders.get(path) ?? 0) > 0) return conflict(path, 'a folder has this name');
      return ancestorProblem(path);
    },

    async open(path) {
      const problem = missing(path);
      if (problem) return { ok: false, error: problem };
      const place = touched.get(path);
      if (place?.file) return { ok: true, value: place.file };
      const text = await baseText(path);
      if (!text.ok) return text;
      return { ok: true, value: { text: editText(path, text.value), mode: base.get(path)!.mode } };
    },

    put(path, file, origin) {
      if (!exists(path)) count(path, 1);
      touched.set(path, { file, origin });
    },

    remove(path) {
      if (!exists(path)) return;
      count(path, -1);
      touched.set(path, { file: null, origin: originOf(path) });
    },
  };
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

function taken(path: string): ChangeError {
  return {
    code: 'file_exists',
    message: `The file ${shownPath(path)} exists already.`,
    hint: 'Edit the file that is there, delete it first, or choose another name.',
  };
}

function conflict(path: string, what: string): ChangeError {
  return {
    code: 'path_conflict',
    message: `${shownPath(path)} cannot be a file: ${what}.`,
    hint: 'Choose another name, or delete what is in the way first.',
  };
}
