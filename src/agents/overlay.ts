import type { FileChange } from '../changes/file-change.ts';
import { decodeText } from '../changes/text.ts';
import type { SearchMatch, Workspace, WorkspaceEntry } from '../changes/workspace.ts';

/** Why an edit on the overlay was not made; told to the model as a tool error. */
export type OverlayError = { readonly ok: false; readonly message: string };
export type OverlayResult<T> = { readonly ok: true; readonly value: T } | OverlayError;

interface EditedFile {
  /** The text now; null: deleted here. */
  readonly text: string | null;
  /** The base file this one was renamed from; null when it stands where it stood. */
  readonly from: string | null;
}

/** An agent's edits, held in memory over a read-only workspace. Nothing is written anywhere else. */
export interface Overlay {
  list(): Promise<readonly string[]>;
  read(path: string): Promise<OverlayResult<string>>;
  search(text: string, limit: number): Promise<readonly SearchMatch[]>;
  write(path: string, text: string): Promise<OverlayResult<'created' | 'changed'>>;
  remove(path: string): Promise<OverlayResult<null>>;
  rename(path: string, to: string): Promise<OverlayResult<null>>;
  /** Every file that differs from the base, sorted by path. */
  changes(): Promise<readonly FileChange[]>;
}

/** Opens an overlay. `fileBytes`: the largest file an agent may read or write. */
export async function openOverlay(base: Workspace, fileBytes = 1_048_576): Promise<Overlay> {
  const entries = new Map((await base.list()).map((entry) => [entry.path, entry]));
  const edited = new Map<string, EditedFile>();

  const refuse = (message: string): OverlayError => ({ ok: false, message });

  function plainFile(path: string): OverlayResult<WorkspaceEntry> {
    const entry = entries.get(path);
    if (!entry) return refuse(`There is no file ${path}. Use list_files to see what there is.`);
    if (entry.mode === '120000')
      return refuse(`${path} is a symbolic link; Conductor does not follow or change it.`);
    if (entry.mode === '160000')
      return refuse(`${path} is a submodule; its files are not part of this repository.`);
    return { ok: true, value: entry };
  }

  async function baseText(path: string): Promise<OverlayResult<string>> {
    const entry = plainFile(path);
    if (!entry.ok) return entry;
    const size = (await base.sizeOf(path)) ?? 0;
    if (size > fileBytes) return refuse(`${path} has ${size} bytes; the limit is ${fileBytes}.`);
    const bytes = await base.read(path);
    if (!bytes) return refuse(`There is no file ${path}.`);
    const decoded = decodeText(path, bytes);
    return decoded.ok ? { ok: true, value: decoded.text } : refuse(decoded.error.message);
  }

  async function read(path: string): Promise<OverlayResult<string>> {
    const edit = edited.get(path);
    if (!edit) return baseText(path);
    return edit.text === null ? refuse(`${path} was deleted in this run.`) : { ok: true, value: edit.text };
  }

  const exists = (path: string) => {
    const edit = edited.get(path);
    return edit ? edit.text !== null : entries.has(path);
  };

  /** A file that was created and deleted again leaves nothing behind. */
  function forget(path: string): void {
    if (entries.has(path)) edited.set(path, { text: null, from: null });
    else edited.delete(path);
  }

  /** A file at a new path counts as renamed only while the path that it came from is gone. */
  const isRename = (path: string, { text, from }: EditedFile) =>
    text !== null && from !== null && !entries.has(path) && edited.get(from)?.text === null;

  return {
    read,

    async list() {
      const paths = new Set([...entries.keys()].filter((path) => edited.get(path)?.text !== null));
      for (const [path, edit] of edited) if (edit.text !== null) paths.add(path);
      return [...paths].sort();
    },

    async search(text, limit) {
      const fromBase = (await base.search(text, limit + edited.size * 10)).filter(
        ({ path }) => !edited.has(path),
      );
      const fromEdits = [...edited].flatMap(([path, edit]) =>
        (edit.text ?? '')
          .split('\n')
          .flatMap((line, index) => (line.includes(text) ? [{ path, line: index + 1, text: line }] : [])),
      );
      return [...fromBase, ...fromEdits]
        .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
        .slice(0, limit);
    },

    async write(path, text) {
      if (Buffer.byteLength(text) > fileBytes)
        return refuse(`${path} would have over ${fileBytes} bytes, the limit.`);
      const existed = exists(path);
      if (existed && !edited.has(path)) {
        const before = await baseText(path);
        if (!before.ok) return before;
      }
      edited.set(path, { text, from: edited.get(path)?.from ?? null });
      return { ok: true, value: existed ? 'changed' : 'created' };
    },

    async remove(path) {
      const current = await read(path);
      if (!current.ok) return current;
      const from = edited.get(path)?.from ?? null;
      forget(path);
      if (from !== null) edited.set(from, { text: null, from: null });
      return { ok: true, value: null };
    },

    async rename(path, to) {
      const current = await read(path);
      if (!current.ok) return current;
      if (exists(to)) return refuse(`${to} exists already. Delete it first, or choose another name.`);
      const from = edited.get(path)?.from ?? (entries.has(path) ? path : null);
      forget(path);
      edited.set(to, { text: current.value, from });
      return { ok: true, value: null };
    },

    async changes() {
      const renames = new Map(
        [...edited].flatMap(([path, edit]) => (isRename(path, edit) ? [[edit.from, path]] : [])),
      );
      const changes: FileChange[] = [];
      for (const [path, edit] of edited) {
        if (edit.text === null && renames.has(path)) continue;
        const from = renames.get(edit.from) === path ? edit.from : null;
        const origin = from ?? (entries.has(path) ? path : null);
        const before = origin === null ? null : await baseText(origin);
        if (before && !before.ok) continue;
        const beforeText = before ? before.value : null;
        if (from === null && beforeText === edit.text) continue;
        const modeBefore = origin === null ? null : (entries.get(origin)?.mode ?? null);
        changes.push({
          op:
            from !== null
              ? 'rename'
              : edit.text === null
                ? 'delete'
                : beforeText === null
                  ? 'create'
                  : 'modify',
          path,
          from,
          before: beforeText,
          after: edit.text,
          modeBefore,
          mode: edit.text === null ? null : (modeBefore ?? '100644'),
        });
      }
      return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
