import { suggestionsFor } from '../changes/suggestions.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { ApprovedChange } from './ports.ts';
import type { Run } from './run.ts';

/** What became of a change that was to be offered. `why`: half a sentence; null where there is nobody to offer it to. */
export type Offered =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly why: string | null };

/**
 * Offers a small change on somebody's own pull request as suggestions, which its author commits with a click: a push
 * there would be impolite, and into a fork impossible. Not offered: what the pull request does not show, or is too large.
 */
export async function suggest(run: Run, { base, files, summary }: ApprovedChange): Promise<Offered> {
  if (!base.pull || base.pull.own) return { ok: false, why: null };
  const { followUps, publisher } = run.ports;
  const shown = await run.step('shown-diff', () => followUps.shownFiles(files.map(({ path }) => path)));
  const found = suggestionsFor(files, shown);
  if (!found.ok) return found;

  const { suggestions } = found;
  const written = await run.step('suggest', () => publisher.suggest(base.commit, suggestions, run.view()));
  if (!written) return { ok: false, why: 'GitHub does not take it on these lines' };
  await run.record({ kind: 'written', written });
  const places = suggestions.length === 1 ? 'one suggestion' : `${suggestions.length} suggestions`;
  return {
    ok: true,
    outcome: {
      ...outcome(
        'done',
        'suggested',
        `Made ${places} in a review, since this is not a pull request of Conductor’s own.`,
        'Commit or resolve there.',
      ),
      answer: summary,
    },
  };
}
