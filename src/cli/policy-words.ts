import { shownPath } from '../changes/paths.ts';
import { type CodeOwners, ownersOf } from '../policy/code-owners.ts';
import type { Requirement, Verdict } from '../policy/verdict.ts';

/** The verdict for people: every rule with what it looks at, below it what it found, and at the end whose yes is needed. */
export function verdictTree(verdict: Verdict, codeOwners: CodeOwners | null): string {
  const lines = verdict.rules.flatMap((rule) => [
    `  ${rule.verdict.padEnd(6)}  ${rule.rule}: ${rule.title}`,
    ...rule.reasons.map(({ message, fix }) => `            ${message} ${fix}`),
  ]);
  return [`${verdict.verdict}  ${verdict.digest}`, ...lines, ...needs(verdict.approvals, codeOwners)].join(
    '\n',
  );
}

/** Whose yes is needed, one line for each that asks. */
export function needs(approvals: readonly Requirement[], codeOwners: CodeOwners | null): string[] {
  return approvals.map(({ rule, required, from, paths }) => {
    const who = from.map((each) => (each === 'owners' ? ownersWords(paths, codeOwners) : roleWords(each)));
    return `  needs   ${rule}: ${required} ${required === 1 ? 'approval' : 'approvals'} from ${who.join(', or ')}.`;
  });
}

function roleWords(from: string): string {
  const [kind, name] = [from.slice(0, from.indexOf(':')), from.slice(from.indexOf(':') + 1)];
  return kind === 'team' ? `team ${name}` : `somebody who may ${name}`;
}

/** The owners by name, with the files they own; the first few of each. */
function ownersWords(paths: readonly string[], codeOwners: CodeOwners | null): string {
  const files = new Map<string, string[]>();
  for (const path of paths) {
    const owners = (codeOwners === null ? [] : ownersOf(codeOwners, path)).join(' or ') || 'nobody';
    files.set(owners, [...(files.get(owners) ?? []), shownPath(path)]);
  }
  const groups = [...files].map(([owners, of]) => `${owners} for ${shortened(of)}`);
  return `owners (${shortened(groups, '; ')})`;
}

function shortened(words: readonly string[], separator = ', '): string {
  const more = words.length - 5;
  return words.slice(0, 5).join(separator) + (more > 0 ? ` and ${more} more` : '');
}
