import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { GENESIS } from '../../src/audit/chain.ts';
import type { FiledRow } from '../../src/audit/ledger-in-memory.ts';
import { readLine } from '../../src/audit/ledger-line.ts';
import { checkChain } from '../../src/audit/verify-chain.ts';
import { verifyFile } from '../../src/cli/verify-file.ts';
import { type Job, runJob } from './action-job.ts';
import { type Stage, stage } from './stage.ts';
import { edits, use } from './story.ts';

const BRANCH = 'conductor/state';
const SECRET = 'sk-ant-Zk81mQx0RtVb4Nw8Lp2c';

const filed = (text: string): FiledRow[] =>
  text
    .trim()
    .split('\n')
    .map((line) => readLine(line)!);

function flawsOf(rows: readonly FiledRow[], anchor?: string) {
  const [sequence, hash = ''] = anchor?.split(':') ?? [];
  const anchors = sequence ? [{ sequence: Number(sequence), hash }] : [];
  const check = checkChain({ expired: { sequence: 0, hash: GENESIS }, head: null, anchors });
  for (const { row, detail } of rows) check.next(row, detail);
  return check.end();
}

describe('the ledger of the Action', () => {
  let room: Stage;
  let job: Job;
  let asking: string;

  beforeAll(async () => {
    const script = [edits('say two', 'Two.', use('write_file', { path: 'two.txt', content: '2\n' }))];
    // The App that stands there listens to another word.
    room = await stage({ script, config: { trigger: 'maestro', audit: { branch: BRANCH } } });
    job = await mention('ada', `@conductor fix: say two, with ${SECRET}`);
  }, 60_000);

  async function mention(
    by: string,
    body: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<Job> {
    await room.ask(by, body);
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    asking = body;
    return runJob(room, event, { anthropic_api_key: SECRET, trigger_phrase: 'conductor', ...inputs });
  }

  it('S0-9, S4-16, SEC-35: is a file of the job, whole, for its account alone, and without a secret', async () => {
    expect(job.outputs.conclusion).toBe('done');
    const path = job.outputs.ledger ?? '';
    expect([basename(path), statSync(path).mode & 0o777]).toEqual(['ledger.jsonl', 0o600]);
    const rows = filed(readFileSync(path, 'utf8'));
    expect(flawsOf(rows, job.outputs.ledger_head)).toEqual([]);
    expect(await verifyFile([path], null, [])).toMatchObject([{ rows: rows.length, flaws: [] }]);
    expect(job.outputs.ledger_head).toBe(`${rows.at(-1)?.row.sequence}:${rows.at(-1)?.row.hash}`);
    expect(job.log).toContain(`The ledger of this job ends at ${job.outputs.ledger_head}.`);
    const asked = rows.find(({ row }) => row.kind === 'asked')?.detail?.text;
    expect(asked).toBe(JSON.stringify({ text: asking.replace(SECRET, '[secret removed]') }));
    expect(readFileSync(path, 'utf8')).not.toContain(SECRET);
  });

  it('S0-9: what the check run and the status comment show is a place of that chain', async () => {
    const rows = filed(readFileSync(job.outputs.ledger ?? '', 'utf8'));
    const checks = await room.simulator.checkRuns(room.repository);
    const [, anchor] =
      /`(\d+:[0-9a-f]{64})`/.exec(
        checks.findLast(({ name }) => name === 'conductor/audit')?.output.summary ?? '',
      ) ?? [];
    expect(anchor).toBeDefined();
    expect(flawsOf(rows, anchor)).toEqual([]);
  });

  it('S4-17, SEC-35: its rows are on the branch that the config names, a refusal’s too, as one chain', async () => {
    const refused = await mention('visitor', '@conductor fix: say two');
    expect(refused.outputs).toMatchObject({ conclusion: 'refused' });
    const rows = filed(room.git('show', `${BRANCH}:ledger/${new Date().toISOString().slice(0, 7)}.jsonl`));
    expect(flawsOf(rows)).toEqual([]);
    expect(rows.map(({ row }) => row.kind)).toContain('command_refused');
    expect(new Set(rows.flatMap(({ row }) => row.run ?? []))).toEqual(
      new Set([job.outputs.run_id, refused.outputs.run_id]),
    );
    expect(refused.log).toContain(`which ends at row ${rows.length}: ${rows.at(-1)?.row.hash}`);
    expect(JSON.stringify(rows)).not.toMatch(/visitor|say two/);
  });

  it('a job that may not write, and a dry run, leave a file and no rows on the branch', async () => {
    const tip = room.git('rev-parse', BRANCH);
    const dry = await mention('ada', '@conductor fix: say two', { dry_run: 'true' });
    const github_token = room.simulator.jobToken(room.repository, {
      contents: 'read',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      metadata: 'read',
    });
    const bound = await mention('visitor', '@conductor fix: say two', { github_token });
    expect([dry.outputs.ledger, bound.outputs.ledger]).not.toContain('');
    expect(bound.outputs.conclusion).toBe('refused');
    expect(bound.log).toContain('::warning::GitHub answered 403');
    expect(room.git('rev-parse', BRANCH)).toBe(tip);
  });
});
