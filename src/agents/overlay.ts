import type { ChangeError } from '../changes/change-error.ts';
import { type Found, openDraft } from '../changes/draft-tree.ts';
import { editText } from '../changes/edited-text.ts';
import type { FileChange } from '../changes/file-change.ts';
import { lfsPointerProblem } from '../changes/lfs-pointer.ts';
import { shownPath } from '../changes/paths.ts';
import { resultOf } from '../changes/result-of.ts';
import { textProblem } from '../changes/text.ts';
import type { SearchMatch, Workspace } from '../changes/workspace.ts';

/** Why an edit on the overlay was not made; told to the model as a tool error. */
export type OverlayError = { readonly ok: false; readonly message: string };
export type OverlayResult<T> = { readonly ok: true; readonly value: T } | OverlayError;

/**
 * An agent's edits, held in memory over a read-only workspace. Nothing is written anywhere else. An edit follows the
 * rules of a change set, and one that breaks them is refused at once.
 */
export interface Overlay {
  list(): Promise<readonly string[]>;
  read(path: string): Promise<OverlayResult<string>>;
  search(text: string, limit: number): Promise<readonly SearchMatch[]>;
  write(path: string, text: string): Promise<OverlayResult<'created' | 'changed'>>;
  remove(path: string): Promise<OverlayResult<null>>;
  rename(path: string, to: string): Promise<OverlayResult<null>>;
  /** Every file that differs from the base, sorted by path. Errors: those of `resultOf`. */
  changes(): Promise<Found<readonly FileChange[]>>;
}

export async function openOverlay(base: Workspace): Promise<Overlay> {
  const draft = await openDraft(base);
  const refuse = ({ message, hint }: ChangeError): OverlayError => ({
    ok: false,
    message: `${message} ${hint}`,
  });
  const done = { ok: true, value: null } as const;

  /** The text at `path`: as it was edited, else as it is in the base. */
  async function textAt(path: string): Promise<Found<string>> {
    const problem = draft.missing(path);
    if (problem) return { ok: false, error: problem };
    const edited = draft.touched.get(path)?.file;
    return edited ? { ok: true, value: edited.text.text() } : draft.baseText(path);
  }

  return {
    async read(path) {
      const text = await textAt(path);
      return text.ok ? text : refuse(text.error);
    },

    async list() {
      const paths = [...new Set([...draft.base.keys(), ...draft.touched.keys()])];
      return paths.filter(draft.exists).sort();
    },

    async search(text, limit) {
      const fromBase = (await base.search(text, limit + draft.touched.size * 10)).filter(
        ({ path }) => !draft.touched.has(path),
      );
      const fromEdits = [...draft.touched].flatMap(([path, { file }]) =>
        (file?.text.text() ?? '')
          .split('\n')
          .flatMap((line, index) => (line.includes(text) ? [{ path, line: index + 1, text: line }] : [])),
      );
      return [...fromBase, ...fromEdits]
        .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
        .slice(0, limit);
    },

    async write(path, text) {
      const existed = draft.exists(path);
      const before = existed ? await textAt(path) : null;
      if (before && !before.ok) return refuse(before.error);
      const problem =
        (existed ? null : draft.occupied(path)) ??
        textProblem(shownPath(path), text) ??
        lfsPointerProblem(path, before?.value ?? null, text);
      if (problem) return refuse(problem);
      const origin = draft.originOf(path);
      const mode = draft.touched.get(path)?.file?.mode ?? draft.base.get(path)?.mode ?? '100644';
      draft.put(path, { text: editText(path, text), mode }, origin);
      return { ok: true, value: existed ? 'changed' : 'created' };
    },

    async remove(path) {
      const problem = draft.missing(path);
      if (problem) return refuse(problem);
      draft.remove(path);
      return done;
    },

    async rename(path, to) {
      const file = await draft.open(path);
      if (!file.ok) return refuse(file.error);
      const origin = draft.originOf(path);
      draft.remove(path);
      const problem = draft.occupied(to);
      draft.put(problem ? path : to, file.value, origin);
      return problem ? refuse(problem) : done;
    },

    changes: () => resultOf(draft),
  };
}
