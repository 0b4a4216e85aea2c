import { linesOf, withoutFinalLineEnd } from './lines.ts';
import type { SearchMatch, Workspace, WorkspaceEntry } from './workspace.ts';

/** A file of a workspace in memory: its text or bytes, with a mode when it is not a plain file. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: WorkspaceEntry['mode'] };

/** A workspace whose files are given. A symbolic link's content is its target; a submodule has none. */
export function memoryWorkspace(commit: string, files: Readonly<Record<string, MemoryFile>>): Workspace {
  const bytesOf = new Map<string, Uint8Array>();
  const entries: WorkspaceEntry[] = [];
  for (const path of Object.keys(files).sort()) {
    const file = files[path]!;
    const plain = typeof file === 'string' || file instanceof Uint8Array;
    const content = plain ? file : file.content;
    const mode = plain ? '100644' : file.mode;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    if (mode !== '160000') bytesOf.set(path, bytes);
    entries.push({ path, mode });
  }

  return {
    commit,
    past: null,
    sizeOf: async (path) => bytesOf.get(path)?.byteLength ?? null,
    prefetch: async () => undefined,
    list: async () => entries,
    read: async (path) => bytesOf.get(path) ?? null,

    async search(text, limit) {
      if (text === '' || text.includes('\n')) return [];
      const matches: SearchMatch[] = [];
      for (const { path, mode } of entries) {
        const bytes = bytesOf.get(path);
        if (!bytes || mode === '120000' || bytes.includes(0)) continue;
        for (const [index, line] of linesOf(new TextDecoder().decode(bytes)).entries()) {
          if (matches.length >= limit) return matches;
          if (line.includes(text)) matches.push({ path, line: index + 1, text: withoutFinalLineEnd(line) });
        }
      }
      return matches;
    },
  };
}
