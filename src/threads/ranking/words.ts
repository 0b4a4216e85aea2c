/** Words that say nothing about where in a repository something stands. */
const STOP = new Set(
  `a about above after again all also am an and any are as at be because been before being but by can cannot could did do
  does doing done down each else even ever every few file files find fix for from get gets give go goes got had has have
  he her here him his how i if in into is it its just like line lines look make makes many may me might more most must my
  need new no nor not now of off on once one only or other our out over own please same say says see seems set she should
  show so some still such take than that the their them then there these they thing this those through to too try under
  until up use used uses using very want was we well were what when where which while who why will with without work works
  would wrong you your at in js ts py com http https www github issue bug error code`.split(/\s+/),
);

/** The words of a name or a sentence, in lower case: `roundCents`, `round_cents` and `round-cents` have the same two. */
export function wordsOf(text: string): string[] {
  const apart = text.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return apart.toLowerCase().match(/[a-z][a-z\d]+/g) ?? [];
}

/** The words that may lead somewhere, in one form each: `rounding` and `rounds` lead where `round` does. */
export function telling(words: readonly string[]): string[] {
  return words.filter((word) => word.length > 2 && !STOP.has(word)).map(stem);
}

/** A word without the endings that English puts on it; what is left is no shorter than three letters. */
export function stem(word: string): string {
  const bare = word.replace(/(?:ings?|edly|ed|ers?|ies|es|s)$/, '');
  if (bare.length < 3) return word;
  return bare.replace(/([^aeiousl])\1$/, '$1').replace(/e$/, '');
}
