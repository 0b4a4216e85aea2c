import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment } from '../../src/github/git.ts';

const AREAS =
  'order price total round tax user mail cart stock item date parse render cache token queue retry'.split(
    ' ',
  );
const PACKAGES = 50;
/** Functions of a file; in a large repository fewer, so that it is made in seconds. */
const FUNCTIONS = { small: 30, large: 3 };
const LARGE = 20_000;
const COMMITS = 60;

/** The path of a generated file: a package, an area of its own, a name of two words and a number. */
export function pathOf(at: number): string {
  const [first, second] = [AREAS[(at >> 3) % AREAS.length], AREAS[at % AREAS.length]];
  return `packages/p${at % PACKAGES}/src/${first}/${second}-${at}.ts`;
}

function textOf(at: number, functions: number): string {
  const lines = Array.from({ length: functions }, (_, line) => {
    const name = `${AREAS[(at + line) % AREAS.length]}Step${at % 997}x${line}`;
    return `export function ${name}(amount: number): number {\n  return amount + ${(at * 31 + line) % 9973};\n}`;
  });
  return `// Part ${at}.\n${lines.join('\n')}\n`;
}

/** A bare repository of so many files on main, with some commits that each touch four of them; in a temporary folder. */
export async function generatedRepository(
  files: number,
  more: Readonly<Record<string, string>> = {},
): Promise<{ gitDir: string; commit: string }> {
  const gitDir = join(mkdtempSync(join(tmpdir(), 'conductor-bench-')), 'generated.git');
  await git(['init', '--quiet', '--bare', '--initial-branch=main', gitDir]);
  await git(['--git-dir', gitDir, 'fast-import', '--quiet'], stream(files, more));
  const commit = await git(['--git-dir', gitDir, 'rev-parse', 'main']);
  return { gitDir, commit };
}

function* stream(files: number, more: Readonly<Record<string, string>>): Generator<string> {
  const head = (at: number) =>
    `commit refs/heads/main\ncommitter a <a@b> ${1_700_000_000 + at} +0000\ndata 1\nx\n`;
  const file = (path: string, text: string) => `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
  const functions = files > LARGE ? FUNCTIONS.large : FUNCTIONS.small;
  yield head(0);
  for (let at = 0; at < files; at++) yield file(pathOf(at), textOf(at, functions));
  for (const [path, text] of Object.entries(more)) yield file(path, text);
  for (let push = 1; push <= COMMITS; push++) {
    yield head(push);
    for (const next of [0, 1, 2, 3]) {
      const at = (push * 37 + next) % files;
      yield file(pathOf(at), `${textOf(at, functions)}// ${push}\n`);
    }
  }
}

async function git(args: readonly string[], input: Iterable<string> = []): Promise<string> {
  const child = spawn('git', args, { env: gitEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const closed = once(child, 'close');
  for (const part of input) if (!child.stdin.write(part)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [exitCode] = await closed;
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}.`);
  return printed.trim();
}
