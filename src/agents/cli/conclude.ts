import type { CliTask } from '../cli-agent.ts';
import { asChangeSet, proposed } from '../conclude.ts';
import { saidOnly, type Thought } from '../thought.ts';
import { withoutOwnName } from '../without-own-name.ts';
import type { CliAdapter } from './adapter.ts';
import type { Cage } from './cage.ts';
import { changesInCopy } from './changes-in-copy.ts';
import type { CopiedFile } from './copy.ts';
import { type Failure, failure } from './failures.ts';
import type { Gateway, Refusal } from './host.ts';
import { ignoredPaths } from './own-git.ts';
import type { Ended } from './run-process.ts';
import type { Told } from './told.ts';
import { walkCopy } from './walk-copy.ts';

interface Course {
  readonly task: CliTask;
  readonly adapter: CliAdapter;
  readonly told: Told;
  readonly gateway: Gateway | null;
  /** The run was told to end. */
  readonly interrupted: boolean;
}

/** Why what a CLI left behind is not looked at; null: it ended well. */
export function stopped(ended: Ended, { task, adapter, told, gateway, interrupted }: Course): Failure | null {
  const { title } = adapter;
  const text = told.text();
  if (gateway?.exhausted.aborted) {
    const { code, message, next }: Refusal = gateway.exhausted.reason;
    return failure(code, message, next, text);
  }
  switch (ended.how) {
    case 'not_started':
      return failure(
        'cli_failed',
        `${title} could not be started: ${ended.why}.`,
        'It has to be installed where every account of the machine may run it; `conductor doctor` tries.',
      );
    case 'output_limit':
      return failure(
        'cli_output_limit',
        `${title} printed more than it may.`,
        'Ask for a smaller step.',
        text,
      );
    case 'stopped':
      if (interrupted) return failure('run_interrupted', 'The run was interrupted.', 'Ask again.', text);
      return failure(
        'cli_timed_out',
        `${title} had not ended after ${inMinutes(task.timeoutMs)}, and was ended.`,
        'Ask for a smaller step, or raise session.timeout_minutes.',
        text,
      );
    case 'exited': {
      if (ended.exitCode === 0 && told.state() !== 'error') return null;
      const how =
        ended.exitCode === 0
          ? `${title} says that it failed`
          : ended.exitCode === null
            ? `${title} was ended by a signal`
            : `${title} ended with exit code ${ended.exitCode}`;
      const call = gateway?.calls().at(-1)?.failure;
      const why = call ? `; its last call to ${task.model.label} failed (${call})` : '';
      return failure(
        'cli_failed',
        `${how}${why}.`,
        'Ask again, or ask an agent without a runner.',
        text || ended.lastWords.trim(),
      );
    }
  }
}

/**
 * Turns what stands in the copy, or the CLI's last words, into a thought. A CLI has ended and can't be told what is
 * wrong: a change that is not valid is a failure. Throws CageError.
 */
export async function conclude(
  task: CliTask,
  cage: Cage,
  before: ReadonlyMap<string, CopiedFile>,
  words: string,
  path: readonly string[],
): Promise<Thought> {
  const text = withoutOwnName(words, task.profile);
  const files = task.mayEdit ? await editedFiles(task, cage, before, path) : [];
  if (files.length > 0) {
    const { thought } = await proposed(asChangeSet(files, text, task.workspace), text, task.workspace);
    return thought;
  }
  return saidOnly(text, task.mustChange);
}

async function editedFiles(
  task: CliTask,
  cage: Cage,
  before: ReadonlyMap<string, CopiedFile>,
  path: readonly string[],
) {
  const after = await walkCopy(cage, before, await ignoredPaths(cage, path));
  return changesInCopy(task.workspace, before, after);
}

function inMinutes(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 1 ? `${Math.round(milliseconds / 1_000)} seconds` : `${minutes} minutes`;
}
