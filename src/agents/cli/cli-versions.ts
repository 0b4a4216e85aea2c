import type { CliKind } from '../profile.ts';
import { CLIS } from './adapters.ts';
import { makeCage, removeCage } from './cage.ts';
import { findProgram } from './find-program.ts';
import type { CliHost } from './host.ts';
import { environmentOf } from './launch.ts';
import { runProcess } from './run-process.ts';

/** A coding CLI, as it is on this machine. */
export interface FoundCli {
  readonly runner: Exclude<CliKind, 'command'>;
  readonly program: string;
  /** Null: it is not installed. */
  readonly path: string | null;
  /** What it says of itself; null: it is not installed, or does not start in a cage. */
  readonly version: string | null;
}

const WITHIN_MS = 5_000;

/** Which coding CLIs there are: each is started once, in a cage, and asked for its version. */
export async function findClis(host: Omit<CliHost, 'openGateway'>): Promise<readonly FoundCli[]> {
  const found: FoundCli[] = [];
  for (const { kind, program: named } of Object.values(CLIS)) {
    if (kind === 'command') continue;
    const program = named({ kind });
    const path = await findProgram(program, host.path);
    const version = path === null ? null : await versionOf(path, host);
    found.push({ runner: kind, program, path, version });
  }
  return found;
}

async function versionOf(program: string, host: Omit<CliHost, 'openGateway'>): Promise<string | null> {
  const cage = await makeCage(host).catch(() => null);
  if (cage === null) return null;
  try {
    const lines: string[] = [];
    const options = { program, args: ['--version'], env: environmentOf(cage, host.path), stdin: null };
    const onLine = (line: string) => lines.length < 10 && lines.push(line.trim());
    const ended = await runProcess(cage, { ...options, onLine }, AbortSignal.timeout(WITHIN_MS));
    const version = lines.find((line) => /\d/.test(line));
    return ended.how === 'exited' && ended.exitCode === 0 ? (version?.slice(0, 100) ?? null) : null;
  } finally {
    await removeCage(cage);
  }
}
