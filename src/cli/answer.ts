/** What a subcommand answers: 0 yes, 1 the answer is no, 2 it cannot be answered (bad input). */
export type ExitCode = 0 | 1 | 2;

/** Prints `value` as JSON when `--json` was given, else `text`, and sets the exit code. */
export function answer(json: boolean, value: unknown, text: string, exitCode: ExitCode): void {
  console.log(json ? JSON.stringify(value) : text);
  process.exitCode = exitCode;
}
