import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/changes/file-change.ts';
import { nameCollisions } from '../../src/changes/name-collisions.ts';

const renamed = (from: string, path: string): FileChange => {
  const text = { before: 'x', after: 'x', modeBefore: '100644', mode: '100644' };
  return { op: 'rename', path, from, ...text };
};

describe('names that only differ in case', () => {
  it('S0-23: a file takes another case of its own name, and not of another’s', () => {
    expect(nameCollisions(['README', 'a'], [renamed('README', 'Readme')])).toEqual([]);
    expect(nameCollisions(['README', 'a'], [renamed('a', 'Readme')])).toMatchObject([
      { path: 'Readme', error: { code: 'name_collision' } },
    ]);
  });
});
