/**
 * Figures that do not depend on the machine: requests, and CPU ratios against a peer in the same run; beside them
 * times, for orientation only. `--check` fails when a figure passes its budget in budgets.json.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testPostgres } from '../storage/postgres.ts';
import { contextFigures } from './context.ts';
import { editCpu, editScores } from './edits.ts';
import { engineCpu } from './engine-cpu.ts';
import { ledgerFigures } from './ledger.ts';
import { policyCpu } from './policy.ts';
import { requestsPerRun } from './requests-per-run.ts';
import { mentionCpu, webhookCpu } from './webhook-cpu.ts';

interface Budgets {
  readonly requests: Readonly<Record<'app' | 'action' | 'rest', Readonly<Record<string, number>>>>;
  readonly content_creating: Readonly<Record<'app' | 'action' | 'rest', Readonly<Record<string, number>>>>;
  readonly edits: Readonly<Record<'wrong' | 'fuzzy_search' | 'twenty_hunks', number>>;
  /** Milliseconds. */
  readonly ledger: Readonly<Record<'verify_a_million' | 'list_thread' | 'run', number>>;
  readonly ratios: Readonly<Record<string, number>>;
}

const budgets: Budgets = JSON.parse(readFileSync(join(import.meta.dirname, 'budgets.json'), 'utf8'));
const over: string[] = [];

function line(name: string, figure: number, unit: string, budget?: number): void {
  const limit = budget === undefined ? '' : `  (budget ${budget})`;
  console.log(
    `${name.padEnd(58)} ${figure.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(9)} ${unit}${limit}`,
  );
  if (budget !== undefined && figure > budget)
    over.push(`${name}: ${figure} is over its budget of ${budget}`);
}

for (const form of ['app', 'action', 'rest'] as const) {
  for (const [act, { all, creating }] of Object.entries(await requestsPerRun(form))) {
    line(
      `GitHub requests, ${form === 'rest' ? 'without GraphQL' : form}, ${act}`,
      all,
      '',
      budgets.requests[form][act],
    );
    line(`  of them content-creating`, creating, '', budgets.content_creating[form][act]);
  }
}

const engine = await engineCpu();
line('engine CPU a run without model, network and git', engine.milliseconds, 'ms');
line(
  '  as a multiple of parsing its request and rendering one comment',
  engine.ratio,
  'x',
  budgets.ratios.engine_run,
);

const edited = await editScores();
if (edited === null) console.log('scores of edit formats: skipped: no ../shared/data/edit-cases.json');
else {
  for (const [format, { right, wrong, cases }] of Object.entries(edited.ours)) {
    line(`edits right of ${cases}, ${format}`, right, '');
    line('  wrong texts and false accepts', wrong.length, '', budgets.edits.wrong);
  }
  for (const [peer, score] of [
    ['the diff package', edited.jsdiff],
    ['git apply', edited.git],
  ] as const) {
    line(`edits right of ${score?.cases}, unified_diff, ${peer}`, score?.right ?? 0, '');
    line('  wrong texts and false accepts', score?.wrong.length ?? 0, '');
  }
}
const editing = editCpu();
line('CPU of a fuzzy search for 8 lines in 20,000', editing.search, 'ms');
line(
  '  as a multiple of the diff package with fuzz 2',
  editing.search / editing.searchPeer,
  'x',
  budgets.edits.fuzzy_search,
);
line(`CPU of 20 hunks into ${editing.megabytes.toFixed(1)} MB`, editing.hunks, 'ms');
line(
  '  as a multiple of the diff package',
  editing.hunks / editing.hunksPeer,
  'x',
  budgets.edits.twenty_hunks,
);
const policy = await policyCpu();
line('CPU of 1,000 custom rules on 10,000 files', policy.globs, 'ms');
line('  as a share of minimatch alone', policy.globs / policy.globsPeer, 'x', budgets.ratios.custom_rules);
line('speed of the search for secrets', policy.megabytes / (policy.secrets / 1000), 'MB/s');
line(
  '  its CPU as a share of secretlint alone',
  policy.secrets / policy.secretsPeer,
  'x',
  budgets.ratios.secrets,
);

const { listAndRank, rankByContent, names, index, run } = await contextFigures();
line('list 100,000 files and rank their paths, our CPU', listAndRank.own, 'ms');
line('  git’s', listAndRank.git, 'ms');
line('  ratio', listAndRank.own / listAndRank.git, 'x', budgets.ratios.list_and_rank);
line('  and the candidates read, indexed and ranked, our CPU', rankByContent.own, 'ms');
line('time to find the names of a megabyte of code', 1000 / names, 'ms');
line('  and its definitions', 1000 / index, 'ms');
line('engine CPU a run on a git repository of 10,000 files', run.own, 'ms');
line('  as a multiple of the run in memory', run.own / engine.milliseconds, 'x', budgets.ratios.git_run);
line('  and git’s', run.git, 'ms');

const webhook = await webhookCpu();
line('CPU a delivery that does not concern us', webhook.ours, 'µs');
line('CPU a delivery, bare Probot app with an empty handler', webhook.probot, 'µs');
line('  ratio', webhook.ours / webhook.probot, 'x', budgets.ratios.webhook_not_ours);

const durable = { module: join(import.meta.dirname, 'durable-intake.ts'), name: 'serveDurable' };
const embedded = await mentionCpu(durable);
line('CPU a mention, stored and de-duplicated, embedded database', embedded.ours, 'µs');
line('  ratio', embedded.ours / embedded.probot, 'x', budgets.ratios.mention_embedded);
line('  and the database’s process', embedded.database, 'µs');
const postgres = await testPostgres();
if (postgres) {
  process.env.BENCH_DATABASE_URL = await postgres.database();
  const mention = await mentionCpu(durable);
  line('CPU a mention, stored and de-duplicated, PostgreSQL', mention.ours, 'µs');
  line('  ratio', mention.ours / mention.probot, 'x', budgets.ratios.mention_postgres);
  // All of a million takes minutes to fill: with --million. A part of it is taken for its share.
  const rows = process.argv.includes('--million') ? 1_000_000 : 100_000;
  const ledger = await ledgerFigures(postgres, rows);
  const { ledger: most } = budgets;
  const share = (most.verify_a_million * rows) / 1_000_000;
  line(`time to verify a ledger of ${rows.toLocaleString('en')} rows`, ledger.verify, 'ms', share);
  line(
    `  to list the ${ledger.listedRows} rows of a thread in it`,
    ledger.listThread,
    'ms',
    most.list_thread,
  );
  line('  and its newest 50', ledger.newest, 'ms', most.list_thread);
  line('time a run’s events take to be recorded without the ledger', ledger.perRunWithout, 'ms');
  line('  more with it', ledger.perRun - ledger.perRunWithout, 'ms', most.run);
  await postgres.close();
}

line('demo, wall', await demoSeconds(), 's');

if (over.length > 0) {
  console.error(`\n${over.join('\n')}`);
  // Said outright: the embedded PostgreSQL ends a process that is done with 0, whatever its exit code.
  if (process.argv.includes('--check')) process.exit(1);
}

function demoSeconds(): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli/main.ts'), 'demo'], {
      stdio: 'ignore',
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve((performance.now() - started) / 1000) : reject(new Error('The demo failed.')),
    );
  });
}
