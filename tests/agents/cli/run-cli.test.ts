import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliAgent } from '../../../src/agents/cli/run-cli.ts';
import { applyChangeSet } from '../../../src/changes/apply-change-set.ts';
import { cagedHost, running } from './caged.ts';
import { taskFor } from './tasks.ts';

const { host, work, comesTo, written, left } = cagedHost();
const { signal } = new AbortController();

/** Seconds to sleep, by which a test knows its own processes. */
const nap = `9${process.pid}`;
/** A folder of programs that everybody may run. */
const folder = mkdtempSync(join(tmpdir(), 'programs-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

function programs(texts: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text, { mode: 0o755 });
  return folder;
}

describe.concurrent('S4-3: a CLI works in a cage', () => {
  it('its edits are the change set, whatever it says; its processes and its folders are gone', async () => {
    const files = {
      'name.txt': 'same text\n',
      'old.md': 'old\n',
      'src/sum.ts': 'export const sum = 1;\n',
      run: { content: '#!/bin/sh\n', mode: '100755' as const },
    };
    const script = `echo hello > hello.txt; echo 'export const sum = 2;' > src/sum.ts; mkdir bin; echo x > bin/go
      chmod +x bin/go; rm old.md; mv name.txt other.txt; sleep ${nap} & echo 'I changed nothing.'`;
    const task = taskFor({ kind: 'command', command: ['/bin/sh', '-c', script] }, { files });
    const { thought, calls } = await cliAgent(host)(task, signal);
    if (thought.kind !== 'proposal') throw new Error(JSON.stringify(thought));
    expect(thought.text).toBe('I changed nothing.');
    expect(thought.files.map(({ op, path, from, mode }) => [op, path, from, mode])).toEqual([
      ['create', 'bin/go', null, '100755'],
      ['create', 'hello.txt', null, '100644'],
      ['delete', 'old.md', null, null],
      ['rename', 'other.txt', 'name.txt', '100644'],
      ['modify', 'src/sum.ts', null, '100644'],
    ]);
    // Policy judges the change set, so it has to say the same.
    expect(await applyChangeSet(thought.changeSet, task.workspace)).toEqual({
      ok: true,
      files: thought.files,
    });
    expect(calls).toEqual([]);
    expect(running(nap)).toEqual([]);
  });

  it('where nothing may be changed its edits are thrown away, and its last words are the answer', async () => {
    const { thought } = await work('echo x > README.md; echo coder: It is fine.', { mayEdit: false });
    expect(thought).toEqual({ kind: 'answer', text: 'It is fine.' });
  });

  it('finds the request in a file, and no input', async () => {
    const guidance = 'Use tabs.';
    const said = await written('cat "$CONDUCTOR_REQUEST_FILE" - > said.txt', { guidance });
    expect(said).toContain('Add a file hello.txt.');
    expect(said).toContain('You are coder, Software engineer.\nWrite code.');
    expect(said).toContain('Use tabs.');
  });

  it('gets a repository of one commit, without remotes, hooks or anybody’s name', async () => {
    const script = `git status --porcelain > /dev/null; { git log --format='%an %ae %s'; git remote; ls .git/hooks
      git status --porcelain; git config --get user.name; } > "$TMPDIR/x" 2>&1; mv "$TMPDIR/x" said.txt`;
    const said = await written(script);
    expect(said).toMatch(/^Conductor conductor@localhost Base\n.*hooks.*\nConductor\n$/);
  });

  it('what its .gitignore leaves out is left out, but not what the repository has there', async () => {
    const files = { '.gitignore': 'node_modules/\n*.log\ndist/\n', 'dist/kept.js': 'old\n', 'a.txt': 'a\n' };
    const script = `mkdir -p node_modules/x/.git; echo x > node_modules/x/i.js; echo l > x.log; echo newer > dist/kept.js
      echo more > dist/more.js; echo b > a.txt; echo done`;
    const { thought } = await work(script, { files });
    expect(thought.kind === 'proposal' && thought.files.map(({ path }) => path)).toEqual([
      'a.txt',
      'dist/kept.js',
    ]);
  });

  it.each([
    ['true', { mustChange: true }, 'no_changes: The agent ended without changing any file.'],
    ['true', {}, 'empty_answer: The agent ended without a word.'],
    [
      'echo "{" > a.json',
      {},
      'change_invalid: The agent’s change can’t be taken: "a.json" is not valid JSON at 2:1: the text ends, and a key in double quotes or } is expected here.',
    ],
    ['echo Broken.; exit 3', {}, 'cli_failed: The command ended with exit code 3.'],
    ['kill -9 $$', {}, 'cli_failed: The command was ended by a signal.'],
    ['echo x > README.md; exit 1', {}, 'cli_failed: The command ended with exit code 1.'],
    ['echo An answer.', {}, 'answer'],
  ])('%j comes to its own end', async (script, overrides, end) => {
    expect(await comesTo(script, overrides)).toBe(end);
  });

  it('its last words on stderr are told when it had no others', async () => {
    const { thought } = await work('echo "no such model" >&2; exit 1');
    expect(thought).toMatchObject({ code: 'cli_failed', text: 'no such model' });
  });

  it('a program that is not there is a failure that says which', async () => {
    for (const program of ['no-such-cli', './README.md', 'README.md', '/etc/passwd']) {
      const { thought } = await cliAgent(host)(taskFor({ kind: 'command', command: [program] }), signal);
      expect(thought).toMatchObject({ code: 'cli_not_found', message: expect.stringContaining(program) });
    }
  });

  it('a program that can’t be started is a failure that says why', async () => {
    const path = [programs({ broken: '#!/no/such/interpreter\n' }), ...host.path];
    const { thought } = await cliAgent({ ...host, path })(
      taskFor({ kind: 'command', command: ['broken'] }),
      signal,
    );
    // Said by us, or by the program that sets its limits.
    expect(thought).toMatchObject({ code: 'cli_failed' });
    expect(JSON.stringify(thought)).toMatch(/could not be started|failed to execute/);
  });

  it('a CLI that has no format in common with its model says so, and is not started', async () => {
    const path = [programs({ claude: '#!/bin/sh\necho x > started.txt\n' }), ...host.path];
    const caged = cliAgent({ ...host, path });
    const { thought } = await caged(taskFor({ kind: 'claude-code' }), signal);
    expect(thought).toMatchObject({
      code: 'cli_model_mismatch',
      message:
        'Claude Code can’t speak to `anthropic/model-a`: Anthropic’s Messages format is what it speaks.',
    });
  });

  it('the time limit, the run’s own signal and a machine without room are failures of their own', async () => {
    expect(await comesTo('sleep 60', { timeoutMs: 200 })).toMatch(
      /^cli_timed_out: .* had not ended after 0 seconds/,
    );
    const stopping = AbortSignal.timeout(200);
    expect((await work('sleep 60', {}, stopping)).thought).toMatchObject({ code: 'run_interrupted' });
    expect((await work('sleep 60', {}, AbortSignal.abort())).thought).toMatchObject({
      code: 'run_interrupted',
    });
    const nowhere = cliAgent({ ...host, temporaryFolder: '/no/such/folder' });
    const { thought } = await nowhere(taskFor({ kind: 'command', command: ['true'] }), signal);
    expect(thought).toMatchObject({ code: 'cli_no_cage' });
  });
});

describe('afterwards', () => {
  it('S4-3: nothing is left', () => expect(left()).toEqual([]));
});
