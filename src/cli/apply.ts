import { Command } from 'commander';
import { NO_CHANGES } from '../changes/apply-change-set.ts';
import { type AppliedEdits, applyEdits } from '../changes/apply-edits.ts';
import type { ChangeError } from '../changes/change-error.ts';
import { EDIT_FORMATS, type EditFormat, type Latitude } from '../changes/edit.ts';
import type { FileChange } from '../changes/file-change.ts';
import { parseEdits } from '../changes/formats/parse-edits.ts';
import { shownPath } from '../changes/paths.ts';
import { answer, type ExitCode } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { readTextFile } from './read-change-set.ts';
import { writeFiles } from './write-files.ts';

interface ApplyOptions {
  readonly dir: string;
  readonly edits: string;
  readonly format: string;
  readonly exact?: boolean;
  readonly fuzz?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

type Applied =
  | { readonly ok: true; readonly files: readonly FileChange[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly error: ChangeError; readonly exitCode: ExitCode };

const FOUND_AS = {
  exact: 'found as it stands',
  folded: 'found with other line ends, trailing spaces or punctuation',
  shifted: 'found with other indents, and indented alike',
  spaced: 'found with other spacing',
  similar: 'found though a line around it differs',
} as const;

/** `conductor apply`: what edits would do to a directory, and with `--write`, does it. */
export function apply(): Command {
  return new Command('apply')
    .description(
      'Apply edits to a git checkout (at HEAD) or a plain folder, all or nothing, and tell what changes.',
    )
    .requiredOption('--dir <dir>', 'the directory that the edits are made against')
    .requiredOption('--edits <file>', 'a file with the edits')
    .option('--format <format>', `how they are written: ${EDIT_FORMATS.join(', ')}`, 'change-set')
    .option('--exact', 'take only text that stands exactly as the edits say, line ends and spaces too')
    .option(
      '--fuzz <lines>',
      'lines of context that may differ where a numbered hunk stands nowhere as it is',
      '0',
    )
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
      const text = lines.length === 0 ? 'Nothing changes.' : [...lines, ...applied.notes].join('\n');
      answer(json, { ok: true, changes }, text, 0);
    });
}

async function run({ dir, edits, format, write, exact, fuzz }: ApplyOptions): Promise<Applied> {
  if (!isFormat(format)) return refuse(unknownFormat(format), 2);
  const latitude = latitudeOf(exact, fuzz);
  if ('code' in latitude) return refuse(latitude, 2);
  const text = await readTextFile(edits);
  if (typeof text !== 'string') return refuse(text, 2);
  const parsed = parseEdits(format, text);
  if (!parsed.ok) return refuse(parsed.error, 2);
  try {
    const applied = await applyEdits(parsed.edits, await openDirectory(dir), latitude);
    if (!applied.ok) return refuse(applied.error, 1);
    // A patch may have nothing left to do; a change set that proposes nothing is a slip.
    if (format === 'change-set' && applied.files.length === 0) return refuse(NO_CHANGES, 1);
    const problem = modeProblem(applied.files) ?? (write ? await writeFiles(dir, applied.files) : null);
    return problem ? refuse(problem, 1) : { ok: true, files: applied.files, notes: notesOf(applied) };
  } catch (error) {
    const known = directoryError(error);
    if (known) return refuse(known, 2);
    throw error;
  }
}

/** Places that were not found as the edits give them: a person should look at these. */
function notesOf({ found }: Extract<AppliedEdits, { ok: true }>): string[] {
  return found
    .filter((edit) => edit.found !== 'exact')
    .map(({ path, found }) => `An edit of ${shownPath(path)} was ${FOUND_AS[found]}.`);
}

function isFormat(format: string): format is EditFormat {
  return EDIT_FORMATS.some((known) => known === format);
}

function unknownFormat(format: string): ChangeError {
  const message = `There is no edit format ${format}.`;
  return { code: 'unknown_format', message, hint: `Use one of ${EDIT_FORMATS.join(', ')}.` };
}

function latitudeOf(exact = false, lines = '0'): Latitude | ChangeError {
  if (/^[0-5]$/.test(lines)) return { exact, fuzz: Number(lines) };
  return {
    code: 'bad_fuzz',
    message: `${lines} is no number of lines from 0 to 5.`,
    hint: 'Use --fuzz 2, or leave it out.',
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
