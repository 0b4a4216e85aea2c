import { changeSetBetween } from '../changes/change-set-between.ts';
import type { FileChange } from '../changes/file-change.ts';
import { type Conflict, reapply } from '../changes/reapply.ts';
import type { Facts } from './gather-facts.ts';
import { ends, type Outcome, outcome, type StepResult, value } from './outcome.ts';
import type { Proposal } from './think.ts';

/** What people read of a change that is made again, however that comes out. */
export interface InWords {
  readonly summary: string;
  /** It does not fit any more; the conflicts follow. */
  readonly conflict: string;
  /** All of it stands there already. */
  readonly nothing: string;
  /** What to do about a conflict. */
  readonly next: string;
}

/** Proposes a change again, against the base as it is in `facts`. A conflict ends the run, with every place named. */
export async function proposeAgain(
  { base, workspace }: Facts,
  changes: readonly FileChange[],
  words: InWords,
): Promise<StepResult<Proposal>> {
  const again = await reapply(changes, workspace);
  if (!again.ok) return ends(conflictOutcome(words, again.conflicts));
  if (again.files.length === 0) return ends(outcome('done', 'nothing_left', words.nothing, null));
  const { files } = again;
  const changeSet = changeSetBetween(base.commit, words.summary, files);
  return value({ kind: 'proposal', text: words.summary, changeSet, files });
}

const MOST_SHOWN = 20;

function conflictOutcome({ conflict, next }: InWords, conflicts: readonly Conflict[]): Outcome {
  const lines = conflicts.slice(0, MOST_SHOWN).map(({ path, line, message }) => {
    const where = path.replaceAll('`', 'ˋ').slice(0, 300);
    return `- \`${where}${line === null ? '' : `:${line}`}\` ${message}`;
  });
  const more = conflicts.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  return outcome('failed', 'conflict', [conflict, '', ...lines].join('\n'), next);
}
