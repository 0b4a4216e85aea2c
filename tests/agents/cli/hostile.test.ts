import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliAgent } from '../../../src/agents/cli/run-cli.ts';
import { cagedHost, isRoot, running } from './caged.ts';
import { taskFor } from './tasks.ts';

const { host, work, comesTo, left } = cagedHost();

/** Seconds to sleep, by which a test knows its own processes. */
const nap = `8${process.pid}`;
/** A folder that a CLI can reach, and write to. */
const outside = mkdtempSync(join(tmpdir(), 'outside-'));
chmodSync(outside, 0o777);
afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe.concurrent('S4-3: a CLI that does not want to end', () => {
  it('that ignores being asked is ended all the same', async () => {
    const script = `trap '' TERM INT HUP; while true; do sleep ${nap}1; done`;
    expect(await comesTo(script, { timeoutMs: 300 })).toContain('cli_timed_out');
    expect(running(`${nap}1`)).toEqual([]);
  });

  it('its children go with it, in its group, in a session of their own, and orphaned', async () => {
    const script = `sleep ${nap}2 & (setsid sleep ${nap}2 &) ; setsid sh -c 'trap "" TERM; sleep ${nap}2 & exec sleep ${nap}2' &
      sleep 0.2; echo Started.`;
    expect(await comesTo(script)).toBe('answer');
    expect(running(`${nap}2`)).toEqual([]);
  });

  it.runIf(isRoot)('and so do those that have thrown their environment away', async () => {
    expect(
      await comesTo(`setsid env -i sh -c "exec sleep ${nap}3" > /dev/null & sleep 0.3; echo Started.`),
    ).toBe('answer');
    expect(running(`${nap}3`)).toEqual([]);
  });

  it('what holds its output open keeps nobody waiting', async () => {
    const began = Date.now();
    expect(await comesTo(`setsid sleep ${nap}4 & echo Started.`)).toBe('answer');
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('that prints without end is ended, and so is one whose line has no end', async () => {
    expect(await comesTo('yes')).toMatch(/^cli_output_limit: The command printed more than it may/);
    expect(await comesTo('cat /dev/zero')).toContain('cli_output_limit');
    expect(await comesTo('yes >&2')).toContain('cli_output_limit');
  });

  it('that forks faster than anybody looks is ended', async () => {
    const script = `f() { sleep ${nap}5 & }; i=0; while [ $i -lt 300 ]; do f; i=$((i+1)); done; setsid sh -c '
      trap "" TERM; i=0; while [ $i -lt 300 ]; do setsid sleep ${nap}5 & i=$((i+1)); done' & echo Started.`;
    expect(await comesTo(script)).toBe('answer');
    expect(running(`${nap}5`)).toEqual([]);
  });
});

describe.concurrent('S4-3: a CLI that wants more than its copy', () => {
  const unsafe = /^cli_unsafe_change: (.*) Nothing of what the CLI did was taken\.$/;

  it.each([
    ['ln -s /etc/passwd link', '"link" is a new symbolic link'],
    ['mkdir d; ln -s ../../.. d/link; echo x > README.md', '"d/link" is a new symbolic link'],
    ['rm README.md; ln -s /etc/passwd README.md', '"README.md" is a new symbolic link'],
    ['rm -r src; ln -s /etc src', '"src" is a new symbolic link'],
    ['git init -q sub; echo x > sub/x', '"sub" became a repository of its own'],
    ['mkdir sub; echo "gitdir: /" > sub/.git', '"sub" became a repository of its own'],
    ['mkfifo README2', '"README2" is neither a file nor a folder any more'],
    ['printf x > "$(printf \'a\\377b\')"', 'can’t be read'],
  ])('%j is refused', async (script, what) => {
    expect(unsafe.exec(await comesTo(`${script}; echo Done.`))?.[1]).toContain(what);
  });

  it.each([
    ['printf "a\\0b" > README.md', 'not_text: "README.md" is binary.'],
    ['printf "\\377" > new.bin', 'not_text: "new.bin" is not UTF-8 text.'],
    [
      'head -c 1048577 /dev/zero | tr "\\0" x > big.txt',
      'file_too_large: "big.txt" has 1048577 bytes or more',
    ],
    ['truncate -s 3G huge', 'file_too_large: "huge"'],
  ])('%j is no change that could be made', async (script, end) => {
    expect(await comesTo(script)).toContain(end);
  });

  it('links of the repository can’t be changed, replaced or removed', async () => {
    const files = { 'a.txt': 'a\n', link: { content: 'a.txt', mode: '120000' as const } };
    for (const script of [
      'rm link',
      'ln -sf b link',
      'rm link; echo x > link',
      'rm link; mkdir link; echo x > link/x',
    ])
      expect(await comesTo(script, { files })).toMatch(unsafe);
    expect(await comesTo('echo b > link; echo Done.', { files })).toBe('proposal');
  });

  it('nothing is written where the repository has a submodule, or a link that leads out', async () => {
    const files = {
      'a.txt': 'a\n',
      sub: { content: '', mode: '160000' as const },
      out: { content: '/etc', mode: '120000' as const },
    };
    expect(await comesTo('ls -A; test ! -e sub && test ! -L out && echo None.', { files })).toBe('answer');
    for (const script of [
      'mkdir sub; echo x > sub/x',
      'echo x > sub',
      'mkdir out; echo x > out/passwd',
      'echo x > out',
    ])
      expect(await comesTo(script, { files })).toMatch(unsafe);
  });

  it('what it writes into git’s settings of the copy nobody runs', async () => {
    const proof = join(outside, 'ran');
    const script = `printf '#!/bin/sh\\ntouch ${proof}\\n' > "$HOME/evil"; chmod 755 "$HOME/evil"
      cp "$HOME/evil" .git/hooks/post-checkout 2>/dev/null || { mkdir -p .git/hooks; cp "$HOME/evil" .git/hooks/post-checkout; }
      git config core.fsmonitor "$HOME/evil"; git config core.hooksPath "$HOME"; git config filter.x.clean "$HOME/evil"
      git config alias.ls-files "!$HOME/evil"; git config include.path "$HOME/evil"
      printf '[core]\\n\\tfsmonitor = %s\\n' "$HOME/evil" > "$HOME/.gitconfig"
      mkdir -p "$HOME/.config/git"; echo '*' > "$HOME/.config/git/ignore"
      cp -r "$HOME/.config" "$HOME/.gitconfig" "$TMPDIR"; echo '*' > .git/info/exclude
      echo '* filter=x' > .gitattributes; echo x > a.txt`;
    const { thought } = await work(script);
    expect(thought.kind === 'proposal' && thought.files.map(({ path }) => path)).toEqual([
      '.gitattributes',
      'a.txt',
    ]);
    expect(existsSync(proof)).toBe(false);
  });

  it('a .git that became something else is passed over', async () => {
    expect(await comesTo('rm -rf .git; ln -s / .git; echo x > README.md')).toBe('proposal');
    expect(await comesTo('rm -rf .git; echo x > README.md')).toBe('proposal');
  });

  it.runIf(isRoot)('a hard link to somebody else’s file is not read for it', async () => {
    const secret = join(outside, 'secret.txt');
    writeFileSync(secret, 'not for everybody\n', { mode: 0o600 });
    // Kernels refuse this to who may not write the file; where one does not, we have to.
    const caged = cliAgent({ ...host, temporaryFolder: host.temporaryFolder });
    const watch = setInterval(() => {
      const [cage] = left().filter((name) => existsSync(join(host.temporaryFolder, name, 'copy', 'waiting')));
      const to = cage && join(host.temporaryFolder, cage, 'copy', 'stolen.txt');
      if (to && !existsSync(to)) linkSync(secret, to);
    }, 10);
    const script = 'echo > waiting; while [ ! -e stolen.txt ]; do sleep 0.02; done; echo Done.';
    const task = taskFor({ kind: 'command', command: ['/bin/sh', '-c', script] });
    const { thought } = await caged(task, new AbortController().signal).finally(() => clearInterval(watch));
    expect(thought).toMatchObject({
      code: 'cli_unsafe_change',
      message: expect.stringContaining('stolen.txt'),
    });
    expect(JSON.stringify(thought)).not.toContain('not for everybody');
  });

  it.runIf(isRoot)(
    'it can neither write where others’ files are, nor swap its own folders, nor see another cage',
    async () => {
      const theirs = join(outside, 'theirs.txt');
      writeFileSync(theirs, 'theirs\n');
      const script = `echo x > '${theirs}'; mv "$PWD" "$PWD.away"; ln -s /etc "$HOME/../copy2"; ls "$HOME/.."
      cat "$HOME"/../cage.json; ls '${host.temporaryFolder}'/*/copy; echo "Tried: $(id -u)."`;
      const other = work('sleep 1; echo Done.');
      const { thought } = await work(script);
      await other;
      expect(thought).toMatchObject({
        kind: 'answer',
        text: expect.stringMatching(/^\/.*\/copy:\nREADME.md\nsrc\nTried: 6\d{4}\.$/),
      });
      expect(readFileSync(theirs, 'utf8')).toBe('theirs\n');
    },
  );

  it('folders that nobody may enter, or that are too deep for a path, are removed too', async () => {
    const deep = `mkdir closed; echo x > closed/x; chmod 000 closed; i=0
      while [ $i -lt 600 ]; do mkdir 12345678901 2>/dev/null; cd -P 12345678901 2>/dev/null || exit 0; i=$((i+1)); done; echo Deep.`;
    expect(await comesTo(deep)).toMatch(isRoot ? /^cli_unsafe_change|^proposal/ : /^cli_/);
  });

  it.runIf(isRoot)('what it leaves in folders that everybody may write to is removed', async () => {
    expect(await comesTo(`echo x > '${host.temporaryFolder}/stray'; echo Done.`)).toBe('answer');
    expect(left().filter((name) => name.startsWith('stray'))).toEqual([]);
  });
});

describe('afterwards', () => {
  it('S4-3: no cage is left', () => expect(left()).toEqual([]));

  it('S4-3: what a process that was killed has left is ended and removed by the next', async () => {
    const gone = Number(execFileSync('/bin/sh', ['-c', 'echo $$']).toString());
    const sleeper = work(`sleep ${nap}7`, {}, AbortSignal.timeout(1_500));
    while (running(`${nap}7`).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const [cage = ''] = left();
    const note = join(host.temporaryFolder, cage, 'cage.json');
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), pid: gone }));
    expect(await comesTo('echo Done.')).toBe('answer');
    expect(running(`${nap}7`)).toEqual([]);
    expect(left()).toEqual([]);
    expect((await sleeper).thought.kind).toBe('failure');
  });
});
