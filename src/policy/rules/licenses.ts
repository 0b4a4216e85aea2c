import { shownPath } from '../../changes/paths.ts';
import { packageChanges } from '../packages/package-changes.ts';
import type { Finding, Rule } from './rule.ts';

/** Blocks packages whose licence the config does not allow, as far as a lock file tells it: npm's does. */
export const licenses: Rule = {
  name: 'licenses',
  title: ({ policy: { licenses } }) =>
    licenses.allow.length === 0
      ? 'The config names no licences, so none are looked at.'
      : `New packages of an npm lock file have one of the licences ${licenses.allow.join(', ')}.`,

  find({ applied }, { policy: { licenses } }) {
    if (!applied.ok || licenses.allow.length === 0) return [];
    const allowed = new Set(licenses.allow.map((id) => id.toLowerCase()));
    return applied.files.flatMap((file) => {
      if (!/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/i.test(file.path)) return [];
      const changes = packageChanges(file);
      return [...(changes?.added ?? []), ...(changes?.changed ?? [])].flatMap<Finding>(
        ({ name, license }) => {
          if (license !== null && isAllowed(license, allowed)) return [];
          const what = license === null ? 'tells no licence' : `has the licence ${shownPath(license)}`;
          return [
            {
              verdict: 'block',
              path: file.path,
              message: `The package ${shownPath(name)} ${what}, which \`policy.licenses.allow\` does not hold.`,
              fix: 'Use another package, or have a maintainer add the licence on the base branch.',
            },
          ];
        },
      );
    });
  },
};

/** SPDX expressions as packages write them: of an OR one side is enough, of an AND all are needed. */
function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const plain = expression.toLowerCase().trim();
  if (allowed.has(plain)) return true;
  // Nested ones are left to a person.
  const inner = /^\(([^()]*)\)$/.exec(plain)?.[1] ?? plain;
  if (/[()]/.test(inner)) return false;
  return inner.split(/ or /).some((side) => side.split(/ and /).every((id) => allowed.has(id.trim())));
}
