import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/**
 * Where a program is: an absolute path as it is, a name in the first folder that has it. Null: nowhere. A path that
 * starts in the working directory is nowhere: what is there a repository has put there.
 */
export async function findProgram(program: string, path: readonly string[]): Promise<string | null> {
  if (isAbsolute(program)) return (await isProgram(program)) ? program : null;
  if (program === '' || /[/\\]/.test(program)) return null;
  for (const folder of path.filter(isAbsolute)) {
    const at = join(folder, program);
    if (await isProgram(at)) return at;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
