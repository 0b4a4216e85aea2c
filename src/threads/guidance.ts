import { decodeText } from '../changes/text.ts';
import type { Workspace } from '../changes/workspace.ts';
import { asCode, element } from './hostile-text.ts';
import { type Piece, withoutMiddle } from './share-out.ts';
import { estimateTokens } from './token-count.ts';

/** A file in which a repository's maintainers tell agents how they work. */
export interface GuidanceFile {
  readonly path: string;
  readonly text: string;
}

/** The first stands for the whole room, then what agents are told everywhere, then what people are told. */
const AT_THE_ROOT = [
  '.github/conductor/context.md',
  'AGENTS.md',
  '.github/copilot-instructions.md',
  'CLAUDE.md',
  'GEMINI.md',
];
const IF_ROOM = ['CONTRIBUTING.md', '.github/CONTRIBUTING.md', 'docs/CONTRIBUTING.md'];
const LONGEST_BYTES = 128 * 1024;
const TAGS_TOKENS = 25;
const LEAST_TOKENS = 60;

/**
 * Reads what the repository tells agents. `trusted` is the base branch's commit and never a pull request's head; nested
 * `AGENTS.md` are read that cover one of the chosen files. Files that say the same are read once.
 */
export async function readGuidance(
  trusted: Workspace,
  chosen: readonly string[],
): Promise<readonly GuidanceFile[]> {
  const plain = new Set(
    (await trusted.list()).flatMap(({ path, mode }) => (mode.startsWith('100') ? [path] : [])),
  );
  const nested = [...plain].filter((path) => {
    const folder = path.endsWith('/AGENTS.md') ? path.slice(0, -'AGENTS.md'.length) : '';
    return folder !== '' && chosen.some((each) => each.startsWith(folder));
  });
  const paths = [...AT_THE_ROOT, ...nested, ...IF_ROOM].filter((path) => plain.has(path));
  await trusted.prefetch(paths);
  const files: GuidanceFile[] = [];
  for (const path of paths) {
    if (((await trusted.sizeOf(path)) ?? 0) > LONGEST_BYTES) continue;
    const decoded = decodeText(path, (await trusted.read(path)) ?? new Uint8Array());
    const text = decoded.ok ? asCode(decoded.text).trim() : '';
    if (text !== '' && !files.some((file) => file.text === text)) files.push({ path, text });
  }
  return files;
}

/** The files in their order, each whole or without its middle; those for people only where they fit whole. */
export function guidancePiece(files: readonly GuidanceFile[], room: number): Piece {
  const parts: string[] = [];
  const cuts: string[] = [];
  let left = room;
  for (const { path, text } of files) {
    const isFor = IF_ROOM.includes(path) ? 'people' : 'agents';
    const fits = estimateTokens(text) + TAGS_TOKENS <= left;
    if (!fits && (isFor === 'people' || left < LEAST_TOKENS + TAGS_TOKENS)) {
      cuts.push(`\`${path}\``);
      continue;
    }
    const piece = withoutMiddle(text, left - TAGS_TOKENS, `\`${path}\``);
    const wrapped = element('repository_guidance', { file: path }, piece.text);
    parts.push(wrapped);
    cuts.push(...piece.cuts);
    left -= estimateTokens(wrapped) + 1;
  }
  return { text: parts.join('\n\n'), cuts };
}
