import { applyEdits } from '../changes/apply-edits.ts';
import type { ChangeError } from '../changes/change-error.ts';
import type { ChangeSet } from '../changes/change-set.ts';
import { changeSetBetween } from '../changes/change-set-between.ts';
import type { Edits } from '../changes/edit.ts';
import { editsInWords } from '../changes/edits-in-words.ts';
import type { FileChange } from '../changes/file-change.ts';
import { parseChangeSet } from '../changes/parse-change-set.ts';
import { validateChangeSet } from '../changes/validate-change-set.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Overlay } from './overlay.ts';
import { saidOnly, type Thought } from './thought.ts';

/** What an agent's work comes to as it stands. */
export interface Conclusion {
  readonly thought: Thought;
  /** Why it should be corrected first; none: it is taken as it is. */
  readonly objections: readonly ChangeError[];
}

/** Of a task, what its end depends on. */
interface Ending {
  readonly mayEdit: boolean;
  /** True when an answer without a change is a failure. */
  readonly mustChange: boolean;
  readonly workspace: Workspace;
}

/** Concludes from what stands in the overlay, or from the agent's last words. */
export async function conclude(
  { mayEdit, mustChange, workspace }: Ending,
  overlay: Overlay,
  words: string,
): Promise<Conclusion> {
  const edited = await overlay.changes();
  if (!edited.ok) return invalid([edited.error], words);
  if (edited.value.length > 0) return proposed(asChangeSet(edited.value, words, workspace), words, workspace);
  const written = mayEdit ? editsInWords(words) : null;
  if (written === null) return { thought: saidOnly(words, mustChange), objections: [] };
  return written.ok ? writtenOut(written.edits, words, workspace) : invalid([written.error], words);
}

/** Edits that stand in words, as models write them that can't call tools. */
async function writtenOut(edits: Edits, words: string, workspace: Workspace): Promise<Conclusion> {
  if (edits.format === 'change-set') {
    const parsed = parseChangeSet(words);
    if (!parsed.ok) return invalid([parsed.error], words);
    return proposed(parsed.changeSet, parsed.changeSet.summary, workspace);
  }
  const applied = await applyEdits(edits, workspace);
  if (!applied.ok) return invalid([applied.error], words);
  const summary = edits.summary || words;
  return proposed(asChangeSet(applied.files, summary, workspace), summary, workspace);
}

/** The change set that makes `files`, with the first of an agent's words as its summary. */
export function asChangeSet(files: readonly FileChange[], words: string, { commit }: Workspace): ChangeSet {
  return changeSetBetween(commit, words.slice(0, 2_000).toWellFormed(), files);
}

/** A change set goes on to policy when it is valid; also when it is unsafe, since policy blocks that on the record. */
export async function proposed(
  changeSet: ChangeSet,
  text: string,
  workspace: Workspace,
): Promise<Conclusion> {
  const validated = await validateChangeSet(changeSet, workspace);
  if (!validated.ok && !validated.isUnsafe) return invalid(validated.errors, text);
  const thought = { kind: 'proposal', text, changeSet, files: validated.files } as const;
  return { thought, objections: validated.ok ? [] : validated.errors };
}

/** What is told of a change that can’t be taken. */
export function invalid(errors: readonly ChangeError[], text: string): Conclusion {
  const thought: Thought = {
    kind: 'failure',
    code: 'change_invalid',
    message: `The agent’s change can’t be taken: ${errors[0]?.message}`,
    next: 'Ask again, for a smaller step or with the place named; or name another model with --model=.',
    text,
  };
  return { thought, objections: errors };
}
