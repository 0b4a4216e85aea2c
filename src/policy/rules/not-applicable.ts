import type { Rule } from './rule.ts';

/** Blocks what does not apply to its base: a stale or wrong edit, a missing file, no change at all. */
export const notApplicable: Rule = {
  name: 'not-applicable',
  title: () => 'The change set applies to its base as a whole.',

  find({ applied }) {
    if (applied.ok) return [];
    const { code, message, hint } = applied.error;
    return [{ verdict: 'block', message: `The change set does not apply (${code}). ${message}`, fix: hint }];
  },
};
