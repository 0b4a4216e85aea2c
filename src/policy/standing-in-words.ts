import { shownPath } from '../changes/paths.ts';
import type { Missing } from './standing.ts';

const SHORT = 12;
/** What people copy: `3f2a9c0d11e4`. */
export const shortDigest = (digest: string) => digest.replace('sha256:', '').slice(0, SHORT);

/** Whose yes is missing: `1 approval by team acme/leads or anyone with maintain access`. */
export function missingInWords(missing: readonly Missing[]): string {
  return missing
    .map(({ requirement, left, paths }) => {
      const whom = requirement.from
        .map((entry) => entryInWords(entry, requirement.unowned ? [] : paths))
        .join(' or ');
      return `${left} ${left === 1 ? 'approval' : 'approvals'} by ${whom}`;
    })
    .join('; ');
}

function entryInWords(entry: string, paths: readonly string[]): string {
  const at = entry.indexOf(':');
  const of = entry.slice(at + 1);
  if (entry.startsWith('team:')) return `team ${of}`;
  if (entry.startsWith('permission:')) return `anyone with ${of} access`;
  return paths.length === 0 ? 'a maintainer' : `the owners of ${shownPaths(paths)}`;
}

const MOST_PATHS = 3;
function shownPaths(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_PATHS).map(shownPath);
  return [...shown, ...(paths.length > MOST_PATHS ? [`${paths.length - MOST_PATHS} more`] : [])].join(', ');
}
