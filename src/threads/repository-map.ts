import { asCode, element } from './hostile-text.ts';
import type { Definition } from './ranking/definitions.ts';
import type { RankedFile } from './ranking/rank-files.ts';
import { type Piece, within } from './share-out.ts';

const MOST_OUTLINED = 20;
const MOST_DEFINITIONS = 30;
const LONGEST_LINE = 120;
const MOST_FOLDERS = 25;

/** A map of the repository for one request: where files are, and what the likeliest of them define at which line. */
export function mapPiece(paths: readonly string[], ranked: readonly RankedFile[], room: number): Piece {
  const likely = ranked.filter(({ score }) => score > 0).slice(0, MOST_OUTLINED);
  const { text, cuts } = within(
    [foldersOf(paths), ...likely.map(outlineOf)],
    room - 20,
    (dropped) => `outlines of ${dropped} less likely file${dropped === 1 ? '' : 's'}`,
  );
  return { text: text === '' ? '' : element('repository_map', {}, asCode(text)), cuts };
}

function outlineOf({ path, index }: RankedFile): string {
  // The outermost definitions say most; what is left of the room goes to those inside them.
  const chosen = [...index.definitions]
    .sort((a, b) => a.indent - b.indent || a.line - b.line)
    .slice(0, MOST_DEFINITIONS);
  const shown = chosen.sort((a, b) => a.line - b.line).map(lineOf);
  const more = index.definitions.length - chosen.length;
  return [`${path}:`, ...shown, ...(more > 0 ? [`  (${more} more)`] : [])].join('\n');
}

const lineOf = ({ line, indent, text }: Definition) =>
  `  ${line} ${'  '.repeat(indent)}${text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text}`;

/** The folders that hold most files, two levels deep, with how many. */
function foldersOf(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const [first = '', second = '', third] = path.split('/', 3);
    const folder = third !== undefined ? `${first}/${second}/` : second !== '' ? `${first}/` : './';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const most = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MOST_FOLDERS);
  const listed = most.sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, count]) => `${folder} ${count}`);
  const more = counts.size > most.length ? `, and ${counts.size - most.length} more folders` : '';
  return `${paths.length} files. ${listed.join(', ')}${more}.`;
}
