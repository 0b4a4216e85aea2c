import type { Command } from 'commander';
import { vi } from 'vitest';

/** Runs a subcommand in this process; gives what it printed, and its exit code, which is then forgotten. */
export async function runCommand(
  command: Command,
  ...args: string[]
): Promise<{ printed: string; exitCode: unknown }> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await command.parseAsync(args, { from: 'user' });
    return { printed: log.mock.calls.flat().join('\n'), exitCode: process.exitCode };
  } finally {
    log.mockRestore();
    process.exitCode = undefined;
  }
}
