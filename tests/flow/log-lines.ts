/** A line of the App's log, as a program reads it. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: string };

/** A log that is kept, and asked about. */
export interface KeptLog {
  readonly write: (line: string) => void;
  /** All of it, as it was written. */
  text(): string;
  /** Since the last call of `clear`. */
  lines(): readonly LogLine[];
  named(msg: string): readonly LogLine[];
  clear(): void;
}

export function keptLog(): KeptLog {
  const written: string[] = [];
  let from = 0;
  const lines = () => written.slice(from).map((line) => JSON.parse(line) as LogLine);
  return {
    write: (line) => void written.push(line),
    text: () => written.join(''),
    lines,
    named: (msg) => lines().filter((line) => line.msg === msg),
    clear() {
      from = written.length;
    },
  };
}
