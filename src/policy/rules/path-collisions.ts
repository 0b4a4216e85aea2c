import { nameCollisions } from '../../changes/name-collisions.ts';
import type { Finding, Rule } from './rule.ts';

/** Blocks a new file or folder whose name a case-insensitive or normalising file system takes for another one. */
export const pathCollisions: Rule = {
  name: 'path-collisions',
  title: () =>
    'No new name differs from another only in case, accents or characters that some file systems ignore.',

  find({ tree, applied }) {
    if (!applied.ok) return [];
    const base = tree.map(({ path }) => path);
    return nameCollisions(base, applied.files).map<Finding>(({ path, error }) => {
      return { verdict: 'block', path, message: error.message, fix: error.hint };
    });
  },
};
