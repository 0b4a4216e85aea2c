import { createHash } from 'node:crypto';
import type { ChangeError } from '../changes/change-error.ts';
import type { ChangeSet } from '../changes/change-set.ts';
import type { Workspace } from '../changes/workspace.ts';
import { type Asker, type Circumstances, type Facts, gatherFacts } from '../policy/facts.ts';
import { answer } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { askerOf, type CircumstanceOptions, circumstancesOf } from './policy-circumstances.ts';
import { readChangeSet } from './read-change-set.ts';

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ChangeError };

/** The facts of a change to a directory. One directory is both what is changed and what is trusted. */
export function factsIn(
  workspace: Workspace,
  changeSet: ChangeSet,
  asker: Asker,
  circumstances: Circumstances,
): Promise<Facts> {
  const change = createHash('sha256').update(JSON.stringify(changeSet)).digest('hex');
  return gatherFacts({ changeSet, change, workspace, trusted: workspace, asker, circumstances });
}

/** The facts of the change set in a file. */
export async function factsFrom(
  workspace: Workspace,
  file: string,
  options: CircumstanceOptions,
): Promise<Answered<Facts>> {
  const parsed = await readChangeSet(file);
  if (!parsed.ok) return parsed;
  const facts = await factsIn(workspace, parsed.changeSet, askerOf(options), circumstancesOf(options));
  return { ok: true, value: facts };
}

/** Opens a directory for `work`; a directory that can't be read is an answer, too. */
export async function inDirectory<T>(
  directory: string,
  work: (workspace: Workspace) => Promise<Answered<T>>,
): Promise<Answered<T>> {
  try {
    return await work(await openDirectory(directory));
  } catch (error) {
    const known = directoryError(error);
    if (known) return { ok: false, error: known };
    throw error;
  }
}

/** Says why there is no answer, and exits with 2. */
export function cannotAnswer(json: boolean, { code, message, hint }: ChangeError): void {
  answer(json, { ok: false, error: { code, message, hint } }, `${code}: ${message}\n${hint}`, 2);
}
