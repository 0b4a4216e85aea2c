import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Variables } from './environment.ts';

/** What no library of ours reads from the environment by itself; AWS' and PostgreSQL's read their own. */
const SECRET = /KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|DATABASE_URL|OTLP(_TRACES)?_HEADERS$/;
const OTHERS = /^(AWS_|PG)/;

/** Gives the environment and hides it; secrets leave `process.env`, where children would inherit them. */
export function takeEnvironment(): Variables {
  const taken = { ...process.env };
  for (const name of Object.keys(taken))
    if (SECRET.test(name) && !OTHERS.test(name)) delete process.env[name];
  hideEnvironment();
  return taken;
}

/**
 * Hides the environment that the process was started with: whatever runs as the same user can read it in /proc as long
 * as the process lives, deleted variables too. What the kernel shows is overwritten; `process.env` stays as it is.
 */
export function hideEnvironment(): void {
  if (process.platform !== 'linux') return;
  // Written anew, a variable lives where the process keeps its own memory.
  for (const [name, of] of Object.entries(process.env)) process.env[name] = of;
  overwriteBlock();
}

/** Where the block begins is the 48th field behind the name that may hold anything: proc_pid_stat(5), `env_start`. */
const ENV_START = 47;

function overwriteBlock(): void {
  let memory: number | null = null;
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[ENV_START]);
    const { length } = readFileSync('/proc/self/environ');
    memory = openSync('/proc/self/mem', 'r+');
    writeSync(memory, new Uint8Array(length), 0, length, start);
  } catch {
    // A kernel that lets nobody write there: docs/cli-agents.md says what that leaves open.
  } finally {
    if (memory !== null) closeSync(memory);
  }
}
