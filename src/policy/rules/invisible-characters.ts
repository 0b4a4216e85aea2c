import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { newLinesOf } from '../new-lines.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * Characters that make a text read otherwise than it runs (CVE-2021-42574), or carry a message that nobody sees.
 */
const INVISIBLE = new RegExp(
  [
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, // bidirectional controls
    /[\u00ad\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]/, // zero width and marks
    /\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/, // joiners and fillers that show as nothing
    /[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u, // tags, and selectors that can spell a message
    /[\ufe00-\ufe0f]{2,}/, // so can the other selectors, in a row; one alone picks a picture
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/** A zero width joiner inside an emoji, which joins the pictures into one. */
const JOINED_EMOJI =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu;

/** Code points that are named for one line; the line is shown once however many it holds. */
const NAMED = 8;

/** Holds new lines and new names that hold invisible characters. Lines that were there before are not looked at. */
export const invisibleCharacters: Rule = {
  name: 'invisible-characters',
  title: () => 'No new line or name holds a character that hides how it reads.',

  find(facts) {
    const files = facts.applied.ok ? facts.applied.files : [];
    const names = touchedPaths(facts).flatMap<Finding>((path) => {
      const points = hidden(path);
      return points === '' ? [] : [finding(path, undefined, `The name ${shownPath(path)} holds ${points}.`)];
    });
    return [...names, ...files.flatMap(newLines)];
  },
};

function newLines(file: FileChange): Finding[] {
  const { path, after } = file;
  if (after === null || hidden(after) === '') return [];
  return newLinesOf(file).flatMap<Finding>(({ number, text }) => {
    const points = hidden(text);
    return points === ''
      ? []
      : [finding(path, number, `Line ${number} of ${shownPath(path)} holds ${points}.`)];
  });
}

/** The invisible code points of a text, named; empty when it has none. */
function hidden(text: string): string {
  const found = text.replace(JOINED_EMOJI, '').match(INVISIBLE);
  if (!found) return '';
  const points = new Set(found.flatMap((match) => [...match].map(named)));
  const more = points.size > NAMED ? ` and ${points.size - NAMED} more` : '';
  return [...points].slice(0, NAMED).join(', ') + more;
}

function named(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function finding(path: string, line: number | undefined, message: string): Finding {
  const fix =
    'Remove these characters, or write them as escapes; otherwise a person has to approve the change.';
  return line === undefined
    ? { verdict: 'review', path, message, fix }
    : { verdict: 'review', path, line, message, fix };
}
