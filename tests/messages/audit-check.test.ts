import { describe, expect, it } from 'vitest';
import { auditAgain, auditCheck } from '../../src/messages/audit-check.ts';
import { unsaid } from '../../src/policy/standing.ts';
import { runInMemory } from '../runs/memory-host.ts';

const writes = (path: string, content: string) => [
  { tool_calls: [{ name: 'write_file', input: { path, content } }] },
  { tool_calls: [{ name: 'finish', input: { summary: 'Written.' } }] },
];
async function checked(path: string, content: string, body = '@conductor fix one') {
  const { view } = await runInMemory({ body, scenes: [{ turns: writes(path, content) }] });
  if (!view.verdict) throw new Error(view.outcome?.message);
  return { view, verdict: view.verdict, check: auditCheck(view) };
}
const LOOKALIKE = '// \u0440ay\n';

describe('what conductor/audit shows', () => {
  it('S0-9: the lines that rules hit, fifty at most, and none of a file that is gone', async () => {
    const { check, view } = await checked('src/b.js', `ok();\n${LOOKALIKE}`);
    expect(check.annotations).toMatchObject([
      { path: 'src/b.js', start_line: 2, end_line: 2, title: 'mixed-scripts' },
    ]);
    const many = await checked('src/b.js', LOOKALIKE.repeat(60));
    expect(many.check.annotations).toHaveLength(50);
    const gone = { path: 'src/b.js', op: 'delete', from: null, added: 0, removed: 1 } as const;
    const change = { digest: '', summary: '', files: [gone] };
    expect(auditCheck({ ...view, change }).annotations).toEqual([]);
  });

  it('S0-9: what is long is cut, and a link leads to all of it', async () => {
    const { check, view } = await checked('src/b.js', 'b();\n', `@conductor fix ${'word '.repeat(4_000)}`);
    expect(check.text.length).toBeLessThan(12_000);
    expect(check.text).toContain(`[All of it](${view.askingUrl})`);
    const files = Array.from({ length: 300 }, (_, index) => ({
      path: `src/${index}.js`,
      op: 'modify' as const,
      from: null,
      added: 1,
      removed: 1,
    }));
    const { text } = auditCheck({ ...view, change: { digest: '', summary: '', files } });
    expect(text).toContain('`src/199.js`');
    expect(text).not.toContain('`src/200.js`');
    expect(text).toContain('100 more: see the commit');
  });

  it('S0-9: however often it is posted again, it says what happened in order, and keeps the run’s record to the letter', async () => {
    const { check, verdict } = await checked('src/b.js', 'b();\n');
    let former = { commit: 'a', summary: check.summary, text: check.text };
    for (let pushes = 0; pushes < 150; pushes++) {
      const pushed = { login: `dev${pushes}`, at: '2026-11-21T10:00:00Z' };
      const now = {
        at: '2026-11-21T10:00:00Z',
        run: 'r1',
        anchor: null,
        head: 'b'.repeat(40),
        verdict,
        pushed,
      };
      const again = auditAgain(former, { ...now, standing: unsaid(verdict) });
      former = { commit: 'b', summary: again.summary, text: again.text };
    }
    const told = [...former.summary.matchAll(/: dev(\d+) pushed/g)].map(([, number]) => Number(number));
    expect(told).toEqual(Array.from({ length: 100 }, (_, index) => index + 50));
    const recordOf = (summary: string) => summary.split('\n### What Conductor did\n')[1];
    expect(recordOf(former.summary)).toBe(recordOf(check.summary));
    expect(former.summary.length).toBeLessThan(65_536);
  });

  it('says so where no record is left, and where GitHub does not tell who pushed', async () => {
    const { verdict } = await checked('src/b.js', 'b();\n');
    const pushed = { login: '', at: '' };
    const since = {
      at: '2026-11-21T10:00:00.123Z',
      run: 'r1',
      anchor: null,
      head: 'b'.repeat(40),
      verdict,
      pushed,
    };
    const { summary } = auditAgain(null, { ...since, standing: unsaid(verdict) });
    expect(summary).toContain('No record of Conductor’s was found');
    expect(summary).toContain('- 2026-11-21T10:00:00Z: somebody whom GitHub does not name pushed');
  });
});
