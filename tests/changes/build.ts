import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import type { Change, ChangeSet } from '../../src/changes/change-set.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';

export const BASE = 'b'.repeat(40);

export function changeSet(...changes: Change[]): ChangeSet {
  return { version: 1, base: BASE, summary: 'a test', changes };
}

export function create(path: string, content = 'new\n', mode?: string): Change {
  return mode === undefined
    ? { op: 'create_file', path, content }
    : { op: 'create_file', path, content, mode };
}

export function lines(path: string, start: number, end: number, content: string, expect?: string): Change {
  const edit = { op: 'replace_range' as const, path, start_line: start, end_line: end, content };
  return expect === undefined ? edit : { ...edit, expect };
}

export function swap(path: string, old: string, now: string, all?: boolean): Change {
  const edit = { op: 'replace_text' as const, path, old, new: now };
  return all === undefined ? edit : { ...edit, all };
}

export function remove(path: string): Change {
  return { op: 'delete_file', path };
}

export function rename(path: string, to: string): Change {
  return { op: 'rename_file', path, to };
}

/** What the changes do to these files: the files that change, or the error's code. */
export async function apply(files: Record<string, MemoryFile>, ...changes: Change[]) {
  const applied = await applyChangeSet(changeSet(...changes), memoryWorkspace(BASE, files));
  return applied.ok ? applied.files : applied.error.code;
}

/** The text of `f` after the changes, or the error's code in angle brackets. */
export async function textAfter(before: string, ...changes: Change[]): Promise<string> {
  const applied = await applyChangeSet(changeSet(...changes), memoryWorkspace(BASE, { f: before }));
  return applied.ok ? (applied.files[0]?.after ?? '<gone>') : `<${applied.error.code}>`;
}
