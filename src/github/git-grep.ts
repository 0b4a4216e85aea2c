import { spawn } from 'node:child_process';
import type { SearchMatch } from '../changes/workspace.ts';
import { GitError, gitEnvironment } from './git.ts';

/** Lines that hold `text`, found by git, which is ended as soon as there are enough. */
export function grep(gitDir: string, commit: string, text: string, limit: number): Promise<SearchMatch[]> {
  // git takes each line of a pattern as a pattern of its own, and no line holds a line end.
  if (text === '' || /[\n\0]/.test(text) || limit < 1) return Promise.resolve([]);
  const options = [
    '-n',
    '-F',
    '-I',
    '-z',
    '--no-color',
    '--full-name',
    '--no-textconv',
    '--no-recurse-submodules',
  ];
  const child = spawn('git', ['--git-dir', gitDir, 'grep', ...options, '-e', text, commit], {
    env: gitEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const matches: SearchMatch[] = [];
  let rest = Buffer.alloc(0);
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problem = (problem + chunk.toString()).slice(-2_000);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = endOfMatch(rest); end >= 0 && matches.length < limit; end = endOfMatch(rest)) {
      matches.push(searchMatch(rest.subarray(0, end).toString('utf8'), commit));
      rest = rest.subarray(end + 1);
    }
    if (matches.length >= limit) child.kill();
  });

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      // git says 1 when nothing was found, and nothing at all when it was ended.
      if (exitCode === 0 || exitCode === 1 || matches.length >= limit) resolve(matches);
      else reject(new GitError('git_failed', `git grep failed: ${problem.trim()}`, exitCode));
    });
  });
}

/** Where a match ends in git's output. A path may hold a line end; the line behind the second NUL may not. */
function endOfMatch(output: Buffer): number {
  const path = output.indexOf(0);
  const line = path < 0 ? -1 : output.indexOf(0, path + 1);
  return line < 0 ? -1 : output.indexOf('\n', line + 1);
}

function searchMatch(record: string, commit: string): SearchMatch {
  const [path = '', line = '', ...text] = record.split('\0');
  return {
    path: path.slice(commit.length + 1),
    line: Number(line),
    text: text.join('\0').replace(/\r$/, ''),
  };
}
