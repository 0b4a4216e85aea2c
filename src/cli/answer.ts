import { createMask, type Mask } from '../messages/mask.ts';

/** What a subcommand answers: 0 yes, 1 the answer is no, 2 it cannot be answered (bad input). */
export type ExitCode = 0 | 1 | 2;

/** One for each process, as its standard output is. */
let mask: Pick<Mask, 'text' | 'texts'> = createMask();

/** From now on no answer has a secret that `of` knows: answers are pasted into issues, and kept by pipelines. */
export function maskAnswers(of: Pick<Mask, 'text' | 'texts'>): void {
  mask = of;
}

/** Prints `value` as JSON when `--json` was given, else `text`, and sets the exit code. */
export function answer(json: boolean, value: unknown, text: string, exitCode: ExitCode): void {
  console.log(json ? JSON.stringify(mask.texts(value)) : mask.text(text));
  process.exitCode = exitCode;
}

/** Says why there is no answer, and what to do: to people on standard error, to machines as JSON as well. */
export function cannotAnswer(
  json: boolean,
  error: { readonly message: string; readonly hint: string },
): void {
  if (json) console.log(JSON.stringify({ error: mask.texts(error) }));
  complain(`${error.message} ${error.hint}`);
  process.exitCode = 2;
}

/** To standard error, for people. */
export function complain(text: string): void {
  console.error(mask.text(text));
}
