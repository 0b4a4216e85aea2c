import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { storyOf } from '../audit/story.ts';
import { type Rehearsal, rehearse } from '../hosts/rehearsal.ts';
import { type Act, readScenario } from '../hosts/scenario.ts';
import { shipped } from '../hosts/shipped.ts';
import { PortTakenError } from '../simulator/simulator.ts';
import { gathered } from '../storage/read-ledger.ts';
import { verifiedInWords } from './audit-verify.ts';

const SCENARIO = shipped('examples/scenarios/rounding-bug');
/** Fixed, so that two demos write the same texts, links included; any free port when it is taken. */
const PORT = 47_620;

const heading = (text: string) => console.log(`\n${styleText(['bold', 'cyan'], `── ${text}`)}\n`);
const indented = (text: string) => console.log(text.replace(/^(?=.)/gm, '   '));

/** `conductor demo`: the whole product in under a minute, with no account and no key. */
export function demo(): Command {
  return new Command('demo')
    .description('From a mention to a pull request, on a local GitHub: no account, no key, no network.')
    .option('--keep', 'leave the local GitHub and the App running when the story ends')
    .action(async (options: { keep?: boolean }) => {
      const scenario = await readScenario(SCENARIO);
      const stage = await openStage(scenario);
      try {
        await tell(stage, scenario.acts);
        await approve(stage);
        await record(stage);
        await farewell(stage, options.keep ?? false);
        checkStory(stage);
        if (options.keep) await new Promise((resolve) => process.once('SIGINT', resolve));
      } finally {
        await stage.close();
      }
    });
}

const AS_SERVED = { runner: 'durable', statusEveryMs: 900 } as const;

async function openStage(scenario: Parameters<typeof rehearse>[0]): Promise<Rehearsal> {
  try {
    return await rehearse(scenario, { form: 'app', port: PORT, ...AS_SERVED });
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    console.log(`(Port ${PORT} is taken. Using a free port instead.)`);
    return rehearse(scenario, { form: 'app', ...AS_SERVED });
  }
}

async function tell(stage: Rehearsal, acts: readonly Act[]): Promise<void> {
  const [issue, ...mentions] = acts;
  console.log(styleText('bold', 'Conductor: from a mention to a pull request'));
  console.log(
    `A local GitHub runs at ${stage.simulator.url}, with one real git repository: ${stage.repository}.`,
  );
  console.log(
    'The App is installed there. The model is scripted, and the status comment is edited every second',
  );
  console.log('instead of every five; everything else is what runs in production.');

  heading('The repository has a bug, and a test that shows it');
  await runTests(stage, 'main');
  if (issue) await stage.play(issue);
  if (issue && 'issue' in issue) say(issue.issue.by, `opens #1: ${issue.issue.title}`, issue.issue.body);

  for (const act of mentions) {
    if (!('comment' in act)) continue;
    heading(`${act.comment.by} comments on #1: ${act.comment.body}`);
    await watch(stage, act);
    await showResult(stage);
  }
}

/** Somebody else looks at the pull request, and says yes on GitHub's own page. */
async function approve(stage: Rehearsal): Promise<void> {
  const { simulator, repository } = stage;
  const run = stage.runs().find(({ pullRequest }) => pullRequest !== null);
  if (!run?.pullRequest || !run.branch) return;
  const number = run.pullRequest;
  heading(`grace, who maintains the repository, approves pull request #${number} in a review`);
  await simulator.as('grace').review({ repo: repository, number, event: 'APPROVE' });
  await stage.settled();
  console.log(styleText('dim', '   conductor[bot], in the pull request:'));
  indented(readable(simulator.comments(repository, number).at(-1)?.body ?? ''));
  const check = (await simulator.checkRuns(repository, run.branch)).findLast(
    ({ name }) => name === 'conductor/policy',
  );
  const { draft } = await simulator.pull(repository, number);
  console.log(`\n   conductor/policy: ${check?.conclusion}. ${check?.output.title}`);
  console.log(`   The pull request is ${draft ? 'still a draft' : 'ready for review, and may be merged'}.`);
}

/** What the ledger says of the change, whatever becomes of comments and checks; held to what the check showed. */
async function record(stage: Rehearsal): Promise<void> {
  const { simulator, repository } = stage;
  const run = stage.runs().find(({ branch }) => branch !== null);
  const control = await stage.control?.();
  if (!run?.branch || !control) return;
  try {
    heading(`Its record: conductor why ${run.run}`);
    indented(storyOf(await gathered(control.ledger({ run: run.run }))).join('\n'));
    const checks = await simulator.checkRuns(repository, run.branch);
    const audit = checks.findLast(({ name }) => name === 'conductor/audit')?.output.summary ?? '';
    const [, sequence, hash = ''] = /`(\d+):([0-9a-f]{64})`/.exec(audit) ?? [];
    const anchor = { sequence: Number(sequence), hash };
    heading(`Is the record whole? conductor audit verify --anchor ${sequence}:${hash.slice(0, 16)}…`);
    const verified = await control.verify(null, [anchor]);
    if (typeof verified === 'string') throw new Error(verified);
    indented(verified.map((each) => verifiedInWords(each, [anchor])).join('\n'));
  } finally {
    await control.close();
  }
}

/** Lets a mention run its course, and shows the live comment each time it changes. */
async function watch(stage: Rehearsal, act: Act): Promise<void> {
  const before = stage.simulator.calls.length;
  const commentsBefore = new Set(stage.simulator.comments(stage.repository, 1).map(({ id }) => id));
  let shown = '';
  const show = () => {
    const fresh = stage.simulator
      .comments(stage.repository, 1)
      .find(({ id, body }) => !commentsBefore.has(id) && body.startsWith('<!-- conductor:status'));
    if (!fresh || fresh.body === shown) return;
    shown = fresh.body;
    console.log(
      styleText(
        'dim',
        shown.includes('Working.') ? '   conductor[bot], so far:' : '   conductor[bot], in the end:',
      ),
    );
    indented(readable(shown));
    console.log('');
  };
  await stage.begin(act);
  const watching = setInterval(show, 50);
  await stage.settled();
  clearInterval(watching);
  show();
  for (const notice of stage.simulator
    .comments(stage.repository, 1)
    .filter(({ id, body }) => !commentsBefore.has(id) && body.startsWith('<!-- conductor:notice'))) {
    console.log(styleText('dim', '   conductor[bot], in a new comment, because somebody must act:'));
    indented(readable(notice.body));
    console.log('');
  }
  const calls = stage.simulator.calls.slice(before).filter(({ actor }) => actor.endsWith('[bot]'));
  const creating = calls.filter(({ kind }) => kind === 'content').length;
  console.log(styleText('dim', `   ${calls.length} GitHub requests, ${creating} of them content-creating.`));
}

async function showResult(stage: Rehearsal): Promise<void> {
  const run = stage.runs().at(-1);
  if (!run?.pullRequest || !run.branch) return;
  const { simulator, repository } = stage;
  const pull = await simulator.pull(repository, run.pullRequest);
  heading(`Pull request #${run.pullRequest}${pull.draft ? ' (draft)' : ''}: ${pull.title}`);
  indented(readable(pull.body ?? ''));
  heading('Its diff');
  indented(await output('git', ['diff', `main...${run.branch}`], stage, run.branch));
  heading('Its check runs');
  for (const check of await simulator.checkRuns(repository, run.branch)) {
    console.log(`   ${check.name}: ${check.conclusion}. ${check.output.title}`);
  }
  heading('The test, on its branch');
  await runTests(stage, run.branch);
}

async function runTests(stage: Rehearsal, branch: string): Promise<void> {
  const text = await output(process.execPath, ['--test', '--test-reporter=tap'], stage, branch);
  const results = text.split('\n').filter((line) => /^(not )?ok \d|^# (pass|fail) /.test(line));
  indented(results.map((line) => styleText(line.startsWith('not ok') ? 'red' : 'green', line)).join('\n'));
  console.log('');
}

/** Runs a command in a fresh clone of a branch, as anybody would make it. */
async function output(
  command: string,
  args: readonly string[],
  stage: Rehearsal,
  branch: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'conductor-demo-'));
  try {
    const clone = `${stage.simulator.url}/${stage.repository}.git`;
    await finished('git', ['clone', '--quiet', clone, folder], tmpdir());
    await finished('git', ['checkout', '--quiet', branch], folder);
    if (branch !== 'main')
      await finished('git', ['branch', '--quiet', '--force', 'main', 'origin/main'], folder);
    return await finished(command, args, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function finished(command: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text.trimEnd()));
  });
}

async function farewell(stage: Rehearsal, keep: boolean): Promise<void> {
  heading('In the end');
  for (const run of stage.runs()) {
    console.log(
      `   ${run.conclusion.padEnd(8)} ${(run.verdict ?? 'no change').padEnd(9)} ${run.pullRequest ? `pull request #${run.pullRequest}` : ''}`,
    );
  }
  const branch = stage.runs().find((run) => run.branch)?.branch ?? 'main';
  const clone = `git clone --branch ${branch} ${stage.simulator.url}/${stage.repository}.git`;
  console.log(
    keep
      ? `\nClone the result: ${clone}\nCtrl+C ends it.`
      : `\nTo look around, run it with: npm run demo -- --keep\nand then: ${clone}`,
  );
}

/** A demo that ends well when its story did not would prove nothing. */
function checkStory(stage: Rehearsal): void {
  const told = stage.runs().map(({ conclusion, verdict }) => `${conclusion} ${verdict ?? '-'}`);
  const expected = ['done review', 'refused block', 'done -', 'done review'];
  if (told.join() === expected.join()) return;
  console.error(
    `The story went wrong: the runs ended as ${told.join(', ')}, and not as ${expected.join(', ')}.`,
  );
  process.exitCode = 1;
}

function say(who: string, does: string, text: string): void {
  console.log(`${styleText('bold', who)} ${does}`);
  indented(readable(text));
  console.log('');
}

/** Markdown as a terminal shows it best: without our marks and the folded details' tags. */
function readable(markdown: string): string {
  return markdown
    .replaceAll(/<!--.*?-->/gs, '')
    .replace(/<\/?(sub|details)>/g, '')
    .replace(/<summary>(.*?)<\/summary>/g, '$1')
    .replaceAll('&#8203;', '')
    .trim();
}
