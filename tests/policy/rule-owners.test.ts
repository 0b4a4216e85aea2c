import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { judge } from '../../src/policy/judge.ts';
import { BASE, create, lines, remove, rename } from '../changes/build.ts';
import { factsOf, open, saidBy } from './build.ts';

const FILES = { 'src/a.ts': 'a\n', 'docs/b.md': 'b\n', 'README.md': 'c\n' };
const OWNED = { ...FILES, CODEOWNERS: '/src/ @acme/core\n/docs/ @writer\n/CODEOWNERS @acme/leads\n' };

async function said(changes: readonly Change[], files: Record<string, MemoryFile>) {
  const verdict = judge(await factsOf(changes, files), open());
  const { reasons, approvals } = verdict.rules.find(({ rule }) => rule === 'owners')!;
  return { verdict: saidBy(verdict, 'owners').verdict, reasons, approvals, digest: verdict.digest };
}

describe('owners', () => {
  it('says whom to ask, and holds nothing back by it', async () => {
    const changes = [
      lines('src/a.ts', 1, 1, 'x'),
      lines('docs/b.md', 1, 1, 'x'),
      lines('README.md', 1, 1, 'x'),
    ];
    const { verdict, reasons, approvals } = await said(changes, OWNED);
    expect({ verdict, approvals }).toEqual({ verdict: 'auto', approvals: [] });
    expect(reasons).toMatchObject([
      {
        verdict: 'auto',
        path: null,
        message: 'Owners: `@writer` for "docs/b.md"; `@acme/core` for "src/a.ts".',
      },
    ]);
    expect((await said(changes, FILES)).reasons).toEqual([]);
  });

  it.each<[string, Change]>([
    ['changed', lines('CODEOWNERS', 1, 1, '* @mallory')],
    ['deleted', remove('CODEOWNERS')],
    ['renamed away', rename('CODEOWNERS', 'docs/old')],
    ['renamed to', rename('src/a.ts', 'docs/CODEOWNERS')],
    ['laid before the one that counts', create('.github/CODEOWNERS', '* @mallory\n')],
    ['spelled otherwise', create('.GitHub/codeowners', '* @mallory\n')],
  ])('SEC-19: CODEOWNERS that is %s needs an owner of the one on the base branch', async (_, change) => {
    const { verdict, reasons, approvals } = await said([change], OWNED);
    expect(verdict).toBe('review');
    expect(reasons[0]?.fix).toContain('`@acme/leads`');
    expect(approvals).toEqual([{ rule: 'owners', required: 1, from: ['owners'], paths: ['CODEOWNERS'] }]);
  });

  it('one that nobody owns, or the first, needs somebody who maintains the repository', async () => {
    const nobodys = { ...FILES, CODEOWNERS: '/src/ @acme/core\n' };
    for (const [change, files] of [
      [lines('CODEOWNERS', 1, 1, '* @mallory'), nobodys],
      [create('CODEOWNERS', '* @mallory\n'), FILES],
    ] as const) {
      const { verdict, approvals } = await said([change], files);
      expect(verdict).toBe('review');
      expect(approvals).toMatchObject([{ required: 1, from: ['permission:maintain'] }]);
    }
  });

  it('SEC-19: lines that GitHub skips hold every change, and are named', async () => {
    const lame = Array.from({ length: 7 }, (_, index) => `!no${index} @a\n`).join('');
    const files = { ...FILES, CODEOWNERS: `* @acme/core\n${lame}` };
    const { verdict, reasons } = await said([lines('README.md', 1, 1, 'x')], files);
    expect(verdict).toBe('review');
    expect(reasons[0]?.message).toContain('`CODEOWNERS` of the base branch, line 2 starts with "!"');
    expect(reasons[0]?.message).toMatch(/line 6 [^,]*, [^,]* and 2 more\.$/);
  });

  it('E07: who owns what is read on the base branch, not where the change was made', async () => {
    const proposed = memoryWorkspace(BASE, { ...FILES, CODEOWNERS: '* @mallory\n' });
    const trusted = memoryWorkspace('c'.repeat(40), OWNED);
    const facts = await factsOf([lines('src/a.ts', 1, 1, 'x')], FILES, { workspace: proposed, trusted });
    expect(facts.codeOwners).toMatchObject({ path: 'CODEOWNERS', entries: { length: 3 } });
    expect(saidBy(judge(facts, open()), 'owners').reasons[0]?.message).toContain('@acme/core');
  });

  it('another owner is another digest; a comment in CODEOWNERS is not', async () => {
    const changes = [lines('src/a.ts', 1, 1, 'x')];
    const digestWith = async (text: string) => (await said(changes, { ...FILES, CODEOWNERS: text })).digest;
    const digest = await digestWith('* @a\n');
    expect(await digestWith('# leads\n* @a\n')).toBe(digest);
    expect(await digestWith('* @b\n')).not.toBe(digest);
    expect((await said(changes, FILES)).digest).not.toBe(digest);
  });
});
