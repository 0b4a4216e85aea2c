import type { FileChange } from './file-change.ts';

/**
 * Two changes, one made on top of the other, as one change of what the first was made against: what a pull request
 * comes to with one more commit. Files that come back to what they were are left out. A rename stays one only where
 * nothing stood at its new name before.
 */
export function composeChanges(first: readonly FileChange[], second: readonly FileChange[]): FileChange[] {
  const before = new Map<string, Side>();
  const after = new Map<string, Side>();
  const cameFrom = new Map<string, string>();
  for (const file of first) {
    const was = file.from ?? file.path;
    if (file.modeBefore !== null) before.set(was, { text: file.before, mode: file.modeBefore });
    if (file.from !== null) {
      after.set(file.from, null);
      cameFrom.set(file.path, file.from);
    }
    after.set(file.path, sideAfter(file));
  }
  for (const file of second) {
    const was = file.from ?? file.path;
    // What the first change did not touch stands as it stood before both.
    if (file.modeBefore !== null && !after.has(was))
      before.set(was, { text: file.before, mode: file.modeBefore });
    const origin = cameFrom.get(was) ?? was;
    if (file.from !== null) after.set(file.from, null);
    for (const path of [was, file.path]) cameFrom.delete(path);
    if (file.op !== 'delete' && before.has(origin) && origin !== file.path) cameFrom.set(file.path, origin);
    after.set(file.path, sideAfter(file));
  }
  return between(before, after, cameFrom);
}

/** A file's text and mode; null: there is none. */
type Side = { readonly text: string | null; readonly mode: string } | null;

const sideAfter = ({ op, after, mode }: FileChange): Side =>
  op === 'delete' ? null : { text: after, mode: mode ?? '100644' };

function between(
  before: ReadonlyMap<string, Side>,
  after: ReadonlyMap<string, Side>,
  cameFrom: ReadonlyMap<string, string>,
): FileChange[] {
  const isMoved = (from: string, to: string) =>
    !before.get(to) && Boolean(before.get(from)) && after.get(from) === null && Boolean(after.get(to));
  const moved = new Map(
    [...cameFrom].filter(([to, from]) => isMoved(from, to)).map(([to, from]) => [from, to]),
  );
  const origins = new Map([...moved].map(([from, to]) => [to, from]));

  return [...after].flatMap(([path, now]): FileChange[] => {
    const from = origins.get(path) ?? null;
    const was = before.get(from ?? path) ?? null;
    if (now === null) return was === null || moved.has(path) ? [] : [change('delete', path, null, was, null)];
    if (from !== null) return [change('rename', path, from, was, now)];
    if (was === null) return [change('create', path, null, null, now)];
    return was.text === now.text && was.mode === now.mode ? [] : [change('modify', path, null, was, now)];
  });
}

function change(op: FileChange['op'], path: string, from: string | null, was: Side, now: Side): FileChange {
  return {
    op,
    path,
    from,
    before: was?.text ?? null,
    after: now?.text ?? null,
    modeBefore: was?.mode ?? null,
    mode: now?.mode ?? null,
  };
}
