import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { apply } from '../../src/cli/apply.ts';
import { changeSet, create, lines, remove, rename, swap } from '../changes/build.ts';
import { checkout, directory, git } from './git-repository.ts';
import { runCommand } from './run-command.ts';

/** Runs `apply --json` with these changes against a directory. */
async function applied(root: string, base: string, changes: readonly Change[], ...flags: string[]) {
  const edits = join(await directory(), 'edits.json');
  writeFileSync(edits, JSON.stringify({ ...changeSet(...changes), base }));
  const { printed, exitCode } = await runCommand(
    apply(),
    '--dir',
    root,
    '--edits',
    edits,
    '--json',
    ...flags,
  );
  return { ...JSON.parse(printed), exitCode };
}

/** Runs `apply --json` with edits of some format. */
async function appliedText(root: string, text: string, ...flags: string[]) {
  const edits = join(await directory(), 'edits');
  writeFileSync(edits, text);
  const { printed, exitCode } = await runCommand(
    apply(),
    '--dir',
    root,
    '--edits',
    edits,
    '--json',
    ...flags,
  );
  return { ...JSON.parse(printed), exitCode };
}

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

describe('conductor apply', () => {
  it('S0-22: tells every change of a checkout, and writes nothing', async () => {
    const { root, commit } = await checkout({ a: 'one\n', b: 'two\n', 'old/name': 'x\n' });
    const changes = [
      lines('a', 1, 1, 'ONE'),
      remove('b'),
      rename('old/name', 'new/name'),
      create('c/d', 'made\n'),
    ];
    expect(await applied(root, commit, changes)).toEqual({
      ok: true,
      exitCode: 0,
      changes: [
        { path: 'a', op: 'modify', from: null, after: 'ONE\n' },
        { path: 'b', op: 'delete', from: null, after: null },
        { path: 'c/d', op: 'create', from: null, after: 'made\n' },
        { path: 'new/name', op: 'rename', from: 'old/name', after: 'x\n' },
      ],
    });
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  it('S0-22: --write writes all of it, and nothing else', async () => {
    const { root, commit } = await checkout({
      a: 'one\n',
      b: 'two\n',
      'old/name': 'x\n',
      run: { executable: 'x\n' },
    });
    const changes = [
      lines('a', 1, 1, 'ONE'),
      remove('b'),
      rename('old/name', 'new/name'),
      create('c/d.sh', 'made\n', '100755'),
      swap('run', 'x', 'y'),
    ];
    expect(await applied(root, commit, changes, '--write')).toMatchObject({ ok: true, exitCode: 0 });
    expect(readdirSync(root).sort()).toEqual(['.git', 'a', 'c', 'new', 'run']);
    expect(['a', 'c/d.sh', 'new/name', 'run'].map((path) => read(root, path))).toEqual([
      'ONE\n',
      'made\n',
      'x\n',
      'y\n',
    ]);
    expect(['a', 'c/d.sh', 'run'].map((path) => statSync(join(root, path)).mode & 0o111)).toEqual([
      0, 0o111, 0o111,
    ]);
  });

  it('a folder gives way to a file, and a file to a folder', async () => {
    const root = await directory({ 'd/b': '1\n', f: '2\n' });
    await applied(root, 'x', [remove('d/b'), create('d'), remove('f'), create('f/g')], '--write');
    expect([read(root, 'd'), read(root, 'f/g')]).toEqual(['new\n', 'new\n']);
  });

  it.each([
    ['stale_range', [create('n'), lines('a', 1, 1, 'x', 'other')]],
    ['file_missing', [create('n'), remove('nothing')]],
    ['path_not_plain', [create('n'), create('../outside')]],
    ['path_names_git', [create('n'), create('.git/hooks/post-checkout')]],
    ['not_a_regular_file', [create('n'), create('link/x')]],
    ['not_a_regular_file', [create('n'), create('m', 'a', '120000')]],
    ['no_changes', []],
  ])('S0-23: %s: the answer is no, and nothing is written', async (code, changes) => {
    const { root, commit } = await checkout({ a: 'one\n', link: { link: 'a' } });
    const answer = await applied(root, commit, changes, '--write');
    expect(answer).toEqual({
      ok: false,
      exitCode: 1,
      error: { code, message: expect.any(String), hint: expect.any(String) },
    });
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  it('another base is refused in a checkout, and taken in a plain folder', async () => {
    const { root } = await checkout({ a: 'one\n' });
    expect(await applied(root, 'f'.repeat(40), [create('n')])).toMatchObject({
      error: { code: 'wrong_base' },
      exitCode: 1,
    });
    expect(await applied(await directory(), 'f'.repeat(40), [create('n')])).toMatchObject({ ok: true });
  });

  it('the base is HEAD and not the work tree; work that is not committed is never overwritten', async () => {
    const { root, commit } = await checkout({ a: 'one\n', b: 'two\n' });
    writeFileSync(join(root, 'a'), 'mine\n');
    writeFileSync(join(root, 'n'), 'mine too\n');
    expect(await applied(root, commit, [swap('a', 'one', '1')])).toMatchObject({
      changes: [{ after: '1\n' }],
    });
    for (const changes of [[swap('a', 'one', '1')], [remove('a')], [create('n')], [rename('b', 'n')]]) {
      expect(await applied(root, commit, changes, '--write')).toMatchObject({
        error: { code: 'work_tree_differs' },
      });
    }
    expect([read(root, 'a'), read(root, 'b'), read(root, 'n')]).toEqual(['mine\n', 'two\n', 'mine too\n']);
  });

  it('a link that lies in the work tree is not written through', async () => {
    const outside = await directory();
    const { root, commit } = await checkout({ a: 'one\n' });
    symlinkSync(outside, join(root, 'd'));
    symlinkSync(join(outside, 'x'), join(root, 'f'));
    for (const path of ['d/x', 'f']) {
      const answer = await applied(root, commit, [create(path)], '--write');
      expect(answer).toMatchObject({ ok: false, error: { code: 'not_a_regular_file' } });
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  it('when a step of the writing fails, every file is as it was', async () => {
    const { root, commit } = await checkout({ a: 'one\n', b: 'two\n', 'd/tracked': 'x\n' });
    writeFileSync(join(root, 'd/untracked'), 'mine\n');
    // The folder d stays, since a file of it is not git's: the new file d can't be put in its place.
    const changes = [swap('a', 'one', '1'), remove('b'), remove('d/tracked'), create('d')];
    expect(await applied(root, commit, changes, '--write')).toMatchObject({
      error: { code: 'write_failed' },
      exitCode: 1,
    });
    expect(git(root, 'status', '--porcelain')).toBe('?? d/untracked\n');
    expect(readdirSync(root).sort()).toEqual(['.git', 'a', 'b', 'd']);
  });

  it.each([
    ['edits that are not JSON', 'Sure!', 'not_json'],
    ['edits of another shape', '{"version":1}', 'invalid_change_set'],
    ['an empty file', '', 'empty_output'],
  ])('%s cannot be answered', async (_, text, code) => {
    const root = await directory({ edits: text });
    const { printed, exitCode } = await runCommand(
      apply(),
      '--dir',
      root,
      '--edits',
      join(root, 'edits'),
      '--json',
    );
    expect(JSON.parse(printed)).toMatchObject({ ok: false, error: { code } });
    expect(exitCode).toBe(2);
  });

  it('a missing file, folder or commit, and a format that there is not, cannot be answered', async () => {
    const root = await directory({ edits: JSON.stringify(changeSet(create('n'))), 'empty/.git/x': '' });
    const edits = join(root, 'edits');
    const codeOf = async (...args: string[]) => {
      const { printed, exitCode } = await runCommand(apply(), ...args, '--json');
      expect(exitCode).toBe(2);
      return JSON.parse(printed).error.code;
    };
    expect(await codeOf('--dir', root, '--edits', join(root, 'nothing'))).toBe('unreadable_file');
    expect(await codeOf('--dir', join(root, 'nothing'), '--edits', edits)).toBe('no_such_directory');
    expect(await codeOf('--dir', edits, '--edits', edits)).toBe('no_such_directory');
    expect(await codeOf('--dir', join(root, 'empty'), '--edits', edits)).toBe('git_failed');
    expect(await codeOf('--dir', root, '--edits', edits, '--format', 'apply-patch')).toBe('no_edits');
    expect(await codeOf('--dir', root, '--edits', edits, '--fuzz', 'many')).toBe('bad_fuzz');
    expect(await codeOf('--dir', root, '--edits', edits, '--format', 'word')).toBe('unknown_format');
    git(join(root, 'empty'), 'init', '--quiet');
    expect(await codeOf('--dir', join(root, 'empty'), '--edits', edits)).toBe('no_commit');
  });

  it.each([
    ['search-replace', '[{"path":"a","search":"one","replace":"1"}]'],
    ['search-replace-blocks', 'a\n<<<<<<< SEARCH\none\n=======\n1\n>>>>>>> REPLACE\n'],
    ['unified-diff', '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+1\n'],
    ['apply-patch', '*** Begin Patch\n*** Update File: a\n@@\n-one\n+1\n*** End Patch\n'],
  ])('S0-22: reads %s, and writes what it says', async (format, edits) => {
    const { root } = await checkout({ a: 'one\ntwo\n' });
    expect(await appliedText(root, edits, '--format', format, '--write')).toEqual({
      ok: true,
      exitCode: 0,
      changes: [{ path: 'a', op: 'modify', from: null, after: '1\ntwo\n' }],
    });
    expect(read(root, 'a')).toBe('1\ntwo\n');
  });

  it('S0-23: one edit of several that finds no place leaves every file as it was', async () => {
    const { root } = await checkout({ a: 'one\n', b: 'two\n' });
    const edits = JSON.stringify([
      { path: 'a', search: 'one', replace: '1' },
      { path: 'b', search: 'three', replace: '3' },
    ]);
    expect(await appliedText(root, edits, '--format', 'search-replace', '--write')).toMatchObject({
      error: { code: 'text_not_found' },
      exitCode: 1,
    });
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  it('says when an edit was found otherwise than it was written, unless that is not wanted', async () => {
    const root = await directory({
      a: 'one  \n',
      edits: '[{"path":"a","search":"one\\n","replace":"1\\n"}]',
    });
    const flags = ['--dir', root, '--edits', join(root, 'edits'), '--format', 'search-replace'];
    const { printed } = await runCommand(apply(), ...flags);
    expect(printed).toBe(
      'modify "a"\nAn edit of "a" was found with other line ends, trailing spaces or punctuation.',
    );
    const exact = await runCommand(apply(), ...flags, '--exact');
    expect(exact.printed).toMatch(/^text_not_found: .*line 1 "one {2}"/);
    expect(exact.exitCode).toBe(1);
  });

  it('lines of context that differ are passed over only with --fuzz', async () => {
    const root = await directory({ a: 'one\nTWO\nthree\nfour\n' });
    const diff = '--- a\n+++ a\n@@ -1,4 +1,4 @@\n one\n two\n three\n-four\n+4\n';
    const flags = ['--format', 'unified-diff'];
    expect(await appliedText(root, diff, ...flags)).toMatchObject({ error: { code: 'text_not_found' } });
    expect(await appliedText(root, diff, ...flags, '--fuzz', '1')).toMatchObject({
      changes: [{ after: 'one\nTWO\nthree\n4\n' }],
    });
  });

  it('a patch that has nothing left to do is made', async () => {
    const root = await directory({ a: 'one\n' });
    const patch = '*** Begin Patch\n*** Update File: a\n@@\n one\n*** End Patch';
    expect(await appliedText(root, patch, '--format', 'apply-patch')).toEqual({
      ok: true,
      changes: [],
      exitCode: 0,
    });
  });

  it('speaks to people, too', async () => {
    const root = await directory({ edits: JSON.stringify(changeSet(create('n'), remove('edits'))) });
    const { printed } = await runCommand(apply(), '--dir', root, '--edits', join(root, 'edits'));
    expect(printed).toBe('delete "edits"\ncreate "n"');
    expect(existsSync(join(root, 'n'))).toBe(false);
  });
});
