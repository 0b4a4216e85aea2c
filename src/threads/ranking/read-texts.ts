import { decodeText } from '../../changes/text.ts';
import type { Workspace } from '../../changes/workspace.ts';

/** A longer file is no place that anybody points at, or was generated. */
const LONGEST_FILE = 256 * 1024;
const MOST_BYTES = 1_500_000;

/** The texts of files, in the order asked for, until they are too much together. What is no text is passed over. */
export async function readTexts(
  workspace: Workspace,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await workspace.prefetch(paths);
  const sizes = await Promise.all(paths.map((path) => workspace.sizeOf(path)));
  let room = MOST_BYTES;
  const chosen = paths.filter((_, at) => {
    const size = sizes[at] ?? LONGEST_FILE + 1;
    if (size > LONGEST_FILE || size > room) return false;
    room -= size;
    return true;
  });
  const read = await Promise.all(chosen.map(async (path) => [path, await workspace.read(path)] as const));
  return new Map(
    read.flatMap(([path, bytes]) => {
      const decoded = bytes && decodeText(path, bytes);
      return decoded?.ok ? [[path, decoded.text] as const] : [];
    }),
  );
}
