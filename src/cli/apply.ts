import { Command } from 'commander';
import { applyChangeSet } from '../changes/apply-change-set.ts';
import type { ChangeError } from '../changes/change-error.ts';
import type { FileChange } from '../changes/file-change.ts';
import { shownPath } from '../changes/paths.ts';
import { answer, type ExitCode } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { readChangeSet } from './read-change-set.ts';
import { writeFiles } from './write-files.ts';

/** Edit formats of the contract, and whether they can be read yet. */
const FORMATS: Readonly<Record<string, boolean>> = {
  'change-set': true,
  'search-replace': false,
  'search-replace-blocks': false,
  'unified-diff': false,
  'apply-patch': false,
};

interface ApplyOptions {
  readonly dir: string;
  readonly edits: string;
  readonly format: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

type Applied =
  | { readonly ok: true; readonly files: readonly FileChange[] }
  | { readonly ok: false; readonly error: ChangeError; readonly exitCode: ExitCode };

/** `conductor apply`: what edits would do to a directory, and with `--write`, does it. */
export function apply(): Command {
  return new Command('apply')
    .description(
      'Apply edits to a git checkout (at HEAD) or a plain folder, all or nothing, and tell what changes.',
    )
    .requiredOption('--dir <dir>', 'the directory that the edits are made against')
    .requiredOption('--edits <file>', 'a file with the edits')
    .option('--format <format>', `how they are written: ${Object.keys(FORMATS).join(', ')}`, 'change-set')
    .option('--write', 'write the files; without it, nothing is written')
    .option('--json', 'for machines')
    .action(async (options: ApplyOptions) => {
      const applied = await run(options);
      const json = options.json ?? false;
      if (!applied.ok) {
        const { code, message, hint } = applied.error;
        answer(
          json,
          { ok: false, error: { code, message, hint } },
          `${code}: ${message}\n${hint}`,
          applied.exitCode,
        );
        return;
      }
      const changes = applied.files.map(({ path, op, from, after }) => ({ path, op, from, after }));
      const lines = changes.map(({ path, op, from }) => {
        return `${op} ${from === null ? '' : `${shownPath(from)} to `}${shownPath(path)}`;
      });
      answer(json, { ok: true, changes }, lines.join('\n'), 0);
    });
}

async function run({ dir, edits, format, write }: ApplyOptions): Promise<Applied> {
  const unusable = formatProblem(format);
  if (unusable) return refuse(unusable, 2);
  const parsed = await readChangeSet(edits);
  if (!parsed.ok) return refuse(parsed.error, 2);
  try {
    const applied = await applyChangeSet(parsed.changeSet, await openDirectory(dir));
    if (!applied.ok) return refuse(applied.error, 1);
    const problem = modeProblem(applied.files) ?? (write ? await writeFiles(dir, applied.files) : null);
    return problem ? refuse(problem, 1) : applied;
  } catch (error) {
    const known = directoryError(error);
    if (known) return refuse(known, 2);
    throw error;
  }
}

function formatProblem(format: string): ChangeError | null {
  if (FORMATS[format]) return null;
  const known = format in FORMATS;
  return {
    code: known ? 'format_unavailable' : 'unknown_format',
    message: known ? `Edits written as ${format} can't be read yet.` : `There is no edit format ${format}.`,
    hint: 'Use --format change-set.',
  };
}

/** No policy stands between these edits and the disk, so this command itself makes nothing but plain files. */
function modeProblem(files: readonly FileChange[]): ChangeError | null {
  const odd = files.find(({ mode }) => mode !== null && mode !== '100644' && mode !== '100755');
  if (!odd) return null;
  return {
    code: 'not_a_regular_file',
    message: `${shownPath(odd.path)} would have the mode ${odd.mode}, which is not a plain file.`,
    hint: 'Leave the mode out.',
  };
}

function refuse(error: ChangeError, exitCode: ExitCode): Applied {
  return { ok: false, error, exitCode };
}
