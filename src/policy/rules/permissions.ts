import { shownPath } from '../../changes/paths.ts';
import { type Asker, touchedPaths } from '../facts.ts';
import { strictLists } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

const RANKS: readonly Asker['permission'][] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** Who may cause changes where: paths for which the one who asked needs more than the right to ask. */
export const permissions: Rule = {
  name: 'permissions',
  title: ({ policy: { ask } }) =>
    ask.length === 0
      ? 'Whoever may ask may ask for changes anywhere.'
      : `${ask.map(({ paths, permission }) => `Changes in ${listOf(paths)} are asked for with the permission ${permission}`).join('; ')}.`,

  find(facts, { policy: { ask } }) {
    const { login, permission: has } = facts.asker;
    const matches = strictLists(ask.map(({ paths }) => paths));
    return touchedPaths(facts).flatMap((path) =>
      matches(path).flatMap<Finding>((number) => {
        const { permission, otherwise } = ask[number]!;
        if (RANKS.indexOf(has) >= RANKS.indexOf(permission)) return [];
        return [
          {
            verdict: otherwise,
            path,
            message: `${shownPath(path)} needs the permission ${permission}; ${shownPath(login)} has ${has}.`,
            fix: `Somebody with the permission ${permission} has to ask for the change${otherwise === 'review' ? ', or approve it' : ''}.`,
            ...(otherwise === 'review' && isApprover(permission)
              ? { approvals: { required: 1, from: [`permission:${permission}`] } }
              : {}),
          },
        ];
      }),
    );
  },
};

/** Triage is no right to write, so that it can't approve. */
function isApprover(permission: Asker['permission']): boolean {
  return RANKS.indexOf(permission) >= RANKS.indexOf('write');
}

function listOf(globs: readonly string[]): string {
  return globs.map((glob) => `\`${glob}\``).join(', ');
}
