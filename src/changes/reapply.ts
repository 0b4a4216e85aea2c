import type { FileChange } from './file-change.ts';
import { shownPath } from './paths.ts';
import { reapplyText } from './reapply-text.ts';
import { decodeText } from './text.ts';
import type { Workspace } from './workspace.ts';

/** Why a change can't be made again. `line`: 1-based, in the file as it is now; null where no line is meant. */
export interface Conflict {
  readonly path: string;
  readonly line: number | null;
  /** A sentence. Texts of the repository in it are cut, and hostile as they are. */
  readonly message: string;
}

export type Reapplied =
  | { readonly ok: true; readonly files: readonly FileChange[] }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

interface There {
  readonly text: string;
  readonly mode: string;
}

/** A file made again; null when it is so already; or why it can't be. */
type Made = FileChange | null | readonly Conflict[];

/**
 * Makes changes again where the files have moved on: `changes` lead from some base to a result, and the workspace is
 * what has become of that base elsewhere. A file that is untouched there is taken; in one that was edited, each hunk is
 * found again by its exact context (`reapplyText`); renamed, deleted and new files are told by their names. What was
 * done the same on both sides is done. All or nothing, never a guess: the rest are conflicts; of those in
 * one file, ten at most are named.
 */
export async function reapply(changes: readonly FileChange[], workspace: Workspace): Promise<Reapplied> {
  const modes = new Map((await workspace.list()).map(({ path, mode }) => [path, mode]));

  /** The file as it is there; null when there is none; a sentence when it is no text. */
  async function find(path: string): Promise<There | string | null> {
    const mode = modes.get(path);
    if (mode === undefined) return null;
    const bytes = await workspace.read(path);
    const decoded = bytes && mode.startsWith('100') ? decodeText(shownPath(path), bytes) : null;
    if (decoded === null) return 'It is no file any more.';
    return decoded.ok ? { text: decoded.text, mode } : decoded.error.message;
  }

  async function make(change: FileChange): Promise<Made> {
    const { op, path, from } = change;
    const there = await find(path);
    if (typeof there === 'string') return [conflict(path, there)];
    if (op === 'create') return create(change, there);
    if (op === 'delete') return remove(change, there);
    if (op === 'modify' || from === null) return edit(change, there);

    const source = await find(from);
    if (typeof source === 'string') return [conflict(from, source)];
    if (source === null) return edit(change, there);
    if (there !== null) return [conflict(path, 'There is a file of that name already.')];
    const edited = edit({ ...change, path: from }, source);
    if (edited !== null && !isFile(edited)) return edited;
    const { after, mode } = edited ?? { after: source.text, mode: source.mode };
    return { ...change, before: source.text, after, modeBefore: source.mode, mode };
  }

  const conflicts: Conflict[] = [];
  const files: FileChange[] = [];
  for (const change of changes) {
    const made = await make(change);
    if (made === null) continue;
    if (isFile(made)) files.push(made);
    else conflicts.push(...made);
  }
  return conflicts.length > 0 ? { ok: false, conflicts } : { ok: true, files };
}

function create(change: FileChange, there: There | null): Made {
  if (there === null) return change;
  if (there.text === change.after && there.mode === change.mode) return null;
  return [conflict(change.path, 'A file of that name was made meanwhile, with another content.')];
}

function remove(change: FileChange, there: There | null): Made {
  if (there === null) return null;
  if (change.before !== null && there.text === change.before) return { ...change, modeBefore: there.mode };
  return [conflict(change.path, 'It would be deleted, and was changed meanwhile.')];
}

function edit(change: FileChange, there: There | null): Made {
  const { path, before, after } = change;
  if (there === null) return [conflict(path, 'It was deleted or renamed meanwhile.')];
  if (before === null || after === null) return [conflict(path, 'It is not text.')];
  const made = reapplyText(before, after, there.text);
  if (!made.ok) return made.misfits.map(({ line, stands }) => ({ path, line, message: whatStands(stands) }));
  const mode = there.mode === change.modeBefore ? change.mode : there.mode;
  if (made.text === there.text && mode === there.mode) return null;
  return {
    ...change,
    op: 'modify',
    from: null,
    before: there.text,
    after: made.text,
    modeBefore: there.mode,
    mode,
  };
}

function conflict(path: string, message: string): Conflict {
  return { path, line: null, message };
}

const LONGEST = 120;

function whatStands(stands: string): string {
  const [line = '', ...more] = stands.split(/\r?\n/).filter((each) => each.trim() !== '');
  if (line === '') return 'The lines around it were changed or taken away.';
  const isCut = more.length > 0 || line.length > LONGEST;
  return `There stands now: \`${line.trim().slice(0, LONGEST).replaceAll('`', 'ˋ')}\`${isCut ? ' …' : ''}`;
}

const isFile = (made: Exclude<Made, null>): made is FileChange => 'op' in made;
