import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startGit } from '../../src/git/start-git.ts';
import { cleanEnvironment } from '../../src/simulator/git/run.ts';

const env = cleanEnvironment();
const hash = (input: string | Uint8Array) => startGit({ args: ['hash-object', '--stdin'], env, input });
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString().trim();

/** The processes that start git for this one. */
function starters(): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, , parent, args]) => Number(parent) === process.pid && args?.includes('git-process'))
    .map(([, pid]) => Number(pid));
}

it('each of many that run at once gets its own answer, and one process starts them all', async () => {
  const inputs = Array.from({ length: 20 }, (_, at) => 'x'.repeat(at * 1_000));
  const together = await Promise.all(inputs.map(hash));
  const alone = execFileSync('git', ['hash-object', '--stdin'], { input: inputs[7], encoding: 'utf8' });
  expect(text(together[7]!.stdout)).toBe(alone.trim());
  expect(new Set(together.map(({ stdout }) => text(stdout))).size).toBe(20);
  expect(starters()).toHaveLength(1);
});

it('an exit code is an answer, with git’s own words; a git that is not there is an error', async () => {
  const refused = await startGit({ args: ['hash-object', 'nothing'], env, input: '' });
  expect([refused.code, refused.stderr]).toEqual([128, expect.stringContaining("could not open 'nothing'")]);
  const nowhere = startGit({ args: ['--version'], env: { ...env, PATH: '/nonexistent' }, input: '' });
  await expect(nowhere).rejects.toThrow('spawn git ENOENT');
});

it('where the process that starts git is killed, who waits is told, and the next call has another', async () => {
  await hash('one');
  const [first = 0] = starters();
  const waiting = hash(new Uint8Array(1_000_000));
  process.kill(first, 'SIGKILL');
  await expect(waiting).rejects.toThrow('SIGKILL');
  expect((await hash('one')).code).toBe(0);
  expect(starters()).not.toContain(first);
});
