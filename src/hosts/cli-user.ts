import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CageUser } from '../agents/cli/host.ts';
import type { Variables } from './environment.ts';

/** Who CLIs run as here, or why none may run. */
export type FoundUser =
  | { readonly ok: true; readonly user: CageUser }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: string };

/**
 * CLI_USER is a name or number of /etc/passwd, or `same`. Without it root gives each run an account of its own. Anybody
 * else can't, and then none runs: what runs as ourselves can read our environment, with every key in it.
 */
export function cliUser(variables: Variables, ownUid = process.getuid?.()): FoundUser {
  const named = variables.CLI_USER || null;
  if (named === 'same') return { ok: true, user: 'same' };
  if (ownUid !== 0) {
    return no(
      'Conductor does not run as root, so a CLI would run as Conductor itself and could read its keys.',
      'Run Conductor as root in a container of its own, or set CLI_USER=same where nobody unknown can write a word that an agent reads.',
    );
  }
  const exposed = secretFiles(variables).find(isOpenToAll);
  if (exposed !== undefined)
    return no(`Every account of the machine can read ${exposed}.`, `Close it: chmod o-rwx ${exposed}`);
  if (named === null) return { ok: true, user: 'own' };
  const owner = account(named);
  if (owner) return { ok: true, user: owner };
  return no(
    `CLI_USER names no account that a CLI can run as: ${named.slice(0, 40)}.`,
    'Name one of /etc/passwd that is not root, or leave CLI_USER out.',
  );
}

function account(named: string) {
  const lines = textOf('/etc/passwd')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = lines.find(([name, , uid]) => name === named || uid === named) ?? [];
  const owner = { uid: Number(uid), gid: Number(gid) };
  return Number.isInteger(owner.uid) && owner.uid > 0 && owner.gid > 0 ? owner : null;
}

function secretFiles({ PRIVATE_KEY_PATH, DATA_DIR }: Variables): readonly string[] {
  return [...(PRIVATE_KEY_PATH ? [PRIVATE_KEY_PATH] : []), DATA_DIR || 'data'];
}

/** Can any account reach it, and read it or look into it? */
function isOpenToAll(path: string): boolean {
  try {
    const real = realpathSync(path);
    const found = statSync(real);
    const bit = found.isDirectory() ? 0o005 : 0o004;
    return (
      (found.mode & bit) !== 0 && foldersAbove(real).every((folder) => (statSync(folder).mode & 0o001) !== 0)
    );
  } catch {
    return false;
  }
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const no = (message: string, next: string): FoundUser => ({
  ok: false,
  code: 'cli_not_isolated',
  message,
  next,
});
