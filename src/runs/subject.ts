import type { StepResult } from './outcome.ts';
import type { KnownPull } from './own-pull-ports.ts';
import type { Base } from './ports.ts';
import type { Run } from './run.ts';

/** What a run is about: its thread, or a pull request of Conductor's own that git alone does something to. */
export type Subject =
  | { readonly kind: 'thread' }
  | { readonly kind: 'undo' | 'base_moved'; readonly pull: KnownPull };

/** Reads the base that a subject's change is made against. */
export async function readBase(run: Run, subject: Subject): Promise<StepResult<Base>> {
  const { reader, settings } = run.ports;
  if (subject.kind === 'thread') return reader.base(settings.baseBranch);
  const { state, number, baseBranch } = subject.pull;
  if (state === 'merged') return reader.base(baseBranch);
  const base = await reader.base(null, number);
  if (!base.ok || subject.kind === 'undo') return base;
  // The change is made on what the base branch is now; the head stays, as the commit's first parent.
  return { ok: true, value: { ...base.value, commit: base.value.trustedCommit } };
}
