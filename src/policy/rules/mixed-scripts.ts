import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { newLinesOf } from '../new-lines.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * Letters that read as a Latin one: the single letters of Unicode's confusables.txt (UTS 39) that are drawn alike in
 * common typefaces, of Cyrillic, Greek, Armenian and Cherokee.
 */
const CYRILLIC = 'асеорхуіјѕһԁԛԝӏАВЕЅІЈКМНОРСТУХҮԌԚԜЗ';
const GREEK = 'οϲϳνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const OTHERS = 'օսոցհզᎪᎢᎡᎳᎬᎻᎷᏃᏢᏚᎩᏴᏟᏦᎠ';
const LOOK_ALIKE = new RegExp(`[${CYRILLIC}${GREEK}${OTHERS}]`, 'u');
const ONLY_LOOK_ALIKES = new RegExp(`^[${CYRILLIC}${GREEK}${OTHERS}]+$`, 'u');
/** ASCII letters in another dress; some compilers take them for the plain ones (Python does: NFKC). */
const DRESSED = /[\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}\u{1d400}-\u{1d7ff}]/u;

/** A run of letters. Digits and underscores end it, so that `Δ_max` or `x_é` is no mixture. */
const WORD = /[\p{L}\p{M}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const CYRILLIC_LETTER = /\p{Script=Cyrillic}/u;
const NAMED = 4;

/** Holds new lines and names in which a letter is not the one that it looks like. Text in one script is left alone. */
export const mixedScripts: Rule = {
  name: 'mixed-scripts',
  title: () => 'No word of a new line or name mixes Latin letters with others that look the same.',

  find(facts) {
    const files = facts.applied.ok ? facts.applied.files : [];
    const names = touchedPaths(facts).flatMap<Finding>((path) => {
      const word = misleadingWord(path);
      return word === null ? [] : [finding(path, null, `The name ${shownPath(path)}`, word)];
    });
    const lines = files.flatMap((file) => {
      if (file.after === null || !/[^\0-\u024f]/.test(file.after)) return [];
      return newLinesOf(file).flatMap<Finding>(({ number, text }) => {
        const word = misleadingWord(text);
        return word === null
          ? []
          : [finding(file.path, number, `Line ${number} of ${shownPath(file.path)}`, word)];
      });
    });
    return [...names, ...lines];
  },
};

/**
 * The first word of a line that reads as another one. A word of nothing but look-alikes counts when it is all that
 * the line has of its script: in a sentence other words of that script stand beside it.
 */
function misleadingWord(line: string): string | null {
  if (!/[^\0-\u024f]/.test(line)) return null;
  const words = line.match(WORD) ?? [];
  const mixed = words.find((word) => isMixed(word));
  if (mixed !== undefined) return mixed;
  const foreign = words.filter((word) => !LATIN.test(word) && /[^\0-\u024f]/.test(word));
  const alike = foreign.every((word) => ONLY_LOOK_ALIKES.test(word)) ? foreign[0] : undefined;
  return alike !== undefined && words.some((word) => LATIN.test(word)) ? alike : null;
}

function isMixed(word: string): boolean {
  if (DRESSED.test(word)) return true;
  return LATIN.test(word) && (CYRILLIC_LETTER.test(word) || LOOK_ALIKE.test(word));
}

function finding(path: string, line: number | null, where: string, word: string): Finding {
  const odd = [...new Set(word.match(/[^\0-\u024f]/gu))].slice(0, NAMED).map(named).join(', ');
  return {
    verdict: 'review',
    path,
    ...(line === null ? {} : { line }),
    message: `${where} holds the word ${shownPath(word)}, in which ${odd} can be taken for a Latin letter.`,
    fix: 'Write it in the letters of one script; otherwise a person has to approve the change.',
  };
}

function named(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
