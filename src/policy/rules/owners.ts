import { shownPath } from '../../changes/paths.ts';
import { CODE_OWNERS_PLACES, type CodeOwners, ownersOf } from '../code-owners.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

const isCodeOwners = strictMatcher(CODE_OWNERS_PLACES);

/** How many lines of CODEOWNERS, groups of owners and files of a group are named; the rest is counted. */
const NAMED = 5;

/**
 * Says who owns the files of a change, and holds back what would change who owns what: CODEOWNERS itself, in any of its
 * places, and every change while the file says something else than it seems to.
 */
export const owners: Rule = {
  name: 'owners',
  title: () => 'An owner approves a change of CODEOWNERS, and every line of it is one that GitHub reads.',

  find(facts) {
    const paths = touchedPaths(facts);
    const { codeOwners } = facts;
    return [
      ...paths.filter((path) => isCodeOwners(path) !== null).map((path) => handedOver(path, codeOwners)),
      ...(codeOwners === null ? [] : [...misread(codeOwners), ...ownership(codeOwners, paths)]),
    ];
  },
};

/** Whoever owns the file that counts now has to agree, also where the new one lies in another place. */
function handedOver(path: string, codeOwners: CodeOwners | null): Finding {
  const message = `${shownPath(path)} says who owns what.`;
  if (codeOwners !== null && ownersOf(codeOwners, codeOwners.path).length > 0) {
    const by = ownersOf(codeOwners, codeOwners.path).map(shownOwner).join(' or ');
    return {
      verdict: 'review',
      path,
      message,
      fix: `An owner of \`${codeOwners.path}\` on the base branch has to approve the change: ${by}.`,
      approvals: { required: 1, from: ['owners'], paths: [codeOwners.path] },
    };
  }
  return {
    verdict: 'review',
    path,
    message: `${message} Nobody owns it on the base branch.`,
    fix: 'Somebody who maintains the repository has to approve the change.',
    approvals: { required: 1, from: ['permission:maintain'] },
  };
}

function misread({ path, problems }: CodeOwners): Finding[] {
  if (problems.length === 0) return [];
  const shown = problems
    .slice(0, NAMED)
    .map(({ line, message }) => (line === null ? `it ${message}` : `line ${line} ${message}`));
  return [
    {
      verdict: 'review',
      message: `Who owns what is not certain: in \`${path}\` of the base branch, ${listed(shown, problems.length)}.`,
      fix: 'Correct the file on the base branch; until then a person has to approve every change.',
    },
  ];
}

/** Whom to ask. By itself no reason to hold a change. */
function ownership(codeOwners: CodeOwners, paths: readonly string[]): Finding[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const by = ownersOf(codeOwners, path).map(shownOwner).join(', ');
    if (by === '') continue;
    const files = groups.get(by) ?? [];
    groups.set(by, files);
    files.push(shownPath(path));
  }
  if (groups.size === 0) return [];
  const shown = [...groups]
    .slice(0, NAMED)
    .map(([by, files]) => `${by} for ${listed(files.slice(0, NAMED), files.length)}`);
  return [
    {
      verdict: 'auto',
      message: `Owners: ${listed(shown, groups.size, '; ')}.`,
      fix: 'Ask them where a yes is needed.',
    },
  ];
}

/** In code, so that nobody is called by it. */
const shownOwner = (owner: string) => `\`${owner}\``;

function listed(shown: readonly string[], count: number, separator = ', '): string {
  const more = count - shown.length;
  return shown.join(separator) + (more > 0 ? ` and ${more} more` : '');
}
