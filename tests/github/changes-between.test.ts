import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../src/github/changes-between.ts';
import { type Content, checkout, git } from '../cli/git-repository.ts';

const LONG = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');

/** What changes when the second set of files takes the first one's place, as one line a file; or the refusal. */
async function between(before: Readonly<Record<string, Content>>, after: Readonly<Record<string, Content>>) {
  const { root, commit } = await checkout(before);
  const { root: other } = await checkout(after);
  git(root, 'fetch', '--quiet', other, 'HEAD');
  const to = git(root, 'rev-parse', 'FETCH_HEAD').trim();
  const changes = await changesBetween(`${root}/.git`, commit, to, async () => undefined);
  if (!changes.ok) return changes.outcome;
  return changes.value.map(({ op, from, path, before: old, after: now, modeBefore, mode }) =>
    [op, from, path, old?.length, now?.length, modeBefore, mode].filter((each) => each != null).join(' '),
  );
}

describe('what changed between two commits', () => {
  it('is told from their trees: made, edited, deleted, renamed, with modes', async () => {
    const before = { 'a b.js': 'one\n', gone: 'x\n', 'old.js': LONG, run: 'echo\n' };
    const after = {
      'a b.js': 'three\n',
      'new/ü.js': `${LONG}more\n`,
      made: '',
      run: { executable: 'echo\n' },
    };
    expect(await between(before, after)).toEqual([
      'modify a b.js 4 6 100644 100644',
      'delete gone 2 100644',
      'create made 0 100644',
      `rename old.js new/ü.js ${LONG.length} ${LONG.length + 5} 100644 100644`,
      'modify run 5 5 100644 100755',
    ]);
    expect(await between(before, before)).toEqual([]);
  });

  it.each([
    ['a binary file', { logo: new Uint8Array([0, 1]) }, '"logo" is binary.'],
    ['a binary file that goes', {}, '"data" is binary.'],
    ['a file over a MiB', { big: 'x'.repeat(2 ** 20 + 1) }, '"big" has 1048577 bytes'],
    ['a link', { link: { link: 'a' } }, '"link" is a link or a submodule.'],
  ] as const)('%s is refused by name', async (_what, after, message) => {
    const before: Record<string, Content> =
      Object.keys(after).length === 0 ? { data: new Uint8Array([0]) } : {};
    expect(await between(before, after)).toMatchObject({
      state: 'refused',
      code: 'not_by_git_alone',
      message: expect.stringContaining(message),
    });
  });
});
