import { describe, expect, it } from 'vitest';
import { ownersOf, parseCodeOwners } from '../../src/policy/code-owners.ts';
import { sharedData } from '../changes/shared-data.ts';

interface Vector {
  readonly name: string;
  readonly pattern: string;
  readonly paths: Readonly<Record<string, boolean>>;
}
const vectors = sharedData<readonly Vector[]>('codeowners-patterns.json');

const read = (...lines: readonly string[]) => parseCodeOwners(lines.join('\n'), 'CODEOWNERS');

describe('patterns of CODEOWNERS', () => {
  it.skipIf(vectors === null)('SEC-19: all public vectors hold', () => {
    const expected = vectors!.flatMap(({ pattern, paths }) =>
      Object.entries(paths).map(([path, matches]) => ({ pattern, path, matches })),
    );
    const found = expected.map(({ pattern, path }) => {
      return { pattern, path, matches: ownersOf(read(`${pattern} @owner`), path).length > 0 };
    });
    expect(found).toEqual(expected);
    expect(expected).toHaveLength(153);
  });
});
