import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { filesPiece } from '../../src/threads/chosen-files.ts';
import { readGuidance } from '../../src/threads/guidance.ts';
import { cluesIn } from '../../src/threads/ranking/clues.ts';
import { indexFile } from '../../src/threads/ranking/index-file.ts';
import { readTexts } from '../../src/threads/ranking/read-texts.ts';
import { shareOut } from '../../src/threads/share-out.ts';
import { estimateTokens } from '../../src/threads/token-count.ts';

const COMMIT = 'c'.repeat(40);

describe('S0-20: what is read for a context pack keeps to its room', () => {
  it('a part that takes more than its room is left out, and told', () => {
    const text = 'word '.repeat(200);
    const claim = { share: 0.5, most: 0.5, make: () => ({ text, cuts: [] }) };
    const parts = shareOut(100, [
      { ...claim, name: 'files' },
      { ...claim, name: 'request' },
    ]);
    expect(parts).toMatchObject([
      { name: 'files', text: '', cuts: ['all of the files'], tokens: 0 },
      // Without the request there is nothing to do.
      { name: 'request', text },
    ]);
  });

  it('files fit beside each other, not each for itself', () => {
    const text = 'const value = compute(value);\n'.repeat(40);
    const ranked = ['a.ts', 'b.ts', 'c.ts'].map((path) => ({
      path,
      score: 50,
      text,
      index: indexFile(text),
    }));
    const room = Math.ceil(estimateTokens(text) * 1.9);
    const { text: shown, chosen, cuts } = filesPiece(ranked, [], room);
    expect(chosen.map(({ path }) => path)).toEqual(['a.ts']);
    expect(cuts).toHaveLength(2);
    expect(estimateTokens(shown)).toBeLessThanOrEqual(room);
  });

  it('texts are read until they are too many bytes together', async () => {
    const paths = Array.from({ length: 8 }, (_, at) => `f${at}.ts`);
    const files = Object.fromEntries(paths.map((path) => [path, 'x'.repeat(250_000)]));
    const read = await readTexts(memoryWorkspace(COMMIT, { ...files, 'small.ts': 'x' }), [
      'huge.ts',
      ...paths,
      'small.ts',
    ]);
    expect([...read.keys()]).toEqual(paths.slice(0, 6));
  });

  it('a link is no guidance, wherever it leads', async () => {
    const trusted = memoryWorkspace(COMMIT, {
      'AGENTS.md': { content: '../secrets', mode: '120000' },
      'CLAUDE.md': 'Use tabs.',
    });
    expect(await readGuidance(trusted, [])).toEqual([{ path: 'CLAUDE.md', text: 'Use tabs.' }]);
  });

  it('of all words and names the heaviest are looked for', () => {
    const many = (text: (at: number) => string) =>
      Array.from({ length: 2_000 }, (_, at) => text(at)).join(' ');
    const letters = (at: number) => [...`${at}`].map((digit) => 'bcdfghjklm'[Number(digit)]).join('');
    const clues = cluesIn([
      { text: many((at) => `za${letters(at)}`), weight: 0.1 },
      { text: many((at) => `someName${at}()`), weight: 0.1 },
      { text: 'rounding in `roundCents`', weight: 1 },
    ]);
    expect([clues.names.size, clues.words.size]).toEqual([200, 200]);
    expect([clues.names.has('roundCents'), clues.words.has('round')]).toEqual([true, true]);
  });
});
