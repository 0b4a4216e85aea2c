import { describe, expect, it } from 'vitest';
import { statusComment } from '../../src/messages/status-comment.ts';
import { runInMemory } from './memory-host.ts';

const writes = (...paths: string[]) => [
  {
    turns: [
      {
        tool_calls: [
          ...paths.map((path) => ({ name: 'write_file', input: { path, content: `${path}\n` } })),
          { name: 'finish', input: { summary: 'Done.' } },
        ],
      },
    ],
  },
];
const WORKFLOW = '.github/workflows/x.yml';

describe('a change that policy blocks', () => {
  it('is not written in part; the part that no rule blocks is kept for whoever asked, as a patch', async () => {
    const { outcome, view, pushed } = await runInMemory({ scenes: writes(WORKFLOW, 'docs/a.md') });
    expect([outcome.code, pushed]).toEqual(['policy_block', []]);
    expect(outcome.diff).toContain('+++ b/docs/a.md');
    expect(outcome.diff).not.toContain('workflows');
    expect(statusComment(view, 'conductor')).toContain('The rest of the change, which no rule blocks');
  });

  it('shows nothing where all of it is blocked, or the change as a whole', async () => {
    const all = await runInMemory({ scenes: writes(WORKFLOW) });
    expect([all.outcome.code, all.outcome.diff]).toEqual(['policy_block', undefined]);
    const config = 'models: { demo: { provider: scripted, model: demo, price: { input: 1, output: 1 } } }\n';
    const labels = `${config}policy: { when_allowed: { labels: [ready] } }\n`;
    const whole = await runInMemory({ scenes: writes('docs/a.md'), config: labels });
    expect([whole.outcome.code, whole.outcome.diff]).toEqual(['policy_block', undefined]);
  });
});
