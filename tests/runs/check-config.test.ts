import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { checkConfig } from '../../src/runs/check-config.ts';

const CONFIG = '.github/conductor.yml';

/** What a pull request finds that turns these files of the base into those of its head. */
function check(base: Record<string, string>, head: Record<string, string>) {
  const source = {
    fetch: async (ref: string) => (ref.startsWith('refs/pull/') ? 'head' : 'base'),
    workspaceAt: async (commit: string) => memoryWorkspace(commit, commit === 'head' ? head : base),
  };
  return checkConfig(source, { number: 1, base: { ref: 'main' } }, CONFIG);
}

describe('S2-5: what a pull request does to our files', () => {
  it('is nothing when it leaves them as they are, broken or not', async () => {
    expect(await check({ [CONFIG]: 'tigger: x' }, { [CONFIG]: 'tigger: x', 'a.js': '1' })).toBeNull();
    expect(await check({ [CONFIG]: 'trigger: x' }, {})).toBeNull();
  });

  it('is told with file, line and fix', async () => {
    const found = await check(
      {},
      { [CONFIG]: '\ntigger: x', '.github/agents/a.agent.md': '---\ntools: []\n---\n' },
    );
    expect(found?.problems).toMatchObject([
      { file: CONFIG, line: 2, message: expect.stringContaining('`trigger`') },
      { file: '.github/agents/a.agent.md', message: expect.stringContaining('description') },
    ]);
  });

  it('is a problem, and is not read, when a file is larger than any of ours can need to be', async () => {
    const found = await check(
      {},
      { [CONFIG]: `# ${'x'.repeat(300_000)}`, '.github/agents/a.md': 'x'.repeat(300_000) },
    );
    expect(found?.problems.map(({ file, message }) => [file, message])).toEqual([
      ['.github/agents/a.md', 'The file is over 262144 bytes, the limit.'],
      [CONFIG, 'The file is over 262144 bytes, the limit.'],
    ]);
  });
});
