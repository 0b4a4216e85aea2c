import { type Aftermath, compare, look } from './aftermath.ts';
import type { Attack, AttackClass } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { type Form, type Ground, prepareGround } from './ground.ts';
import { standsApproved } from './laws-on-approvals.ts';
import { emptyLedger, type Ledger, nextAct } from './ledger.ts';
import { LAWS } from './oracle.ts';
import type { KnownPolicy } from './policies.ts';
import { chance } from './random.ts';
import { openScene, type Stage } from './scene.ts';

/** What came of one class of attacks. */
export interface Figures {
  tried: number;
  /** Things that people, strangers and machines did in them, each judged by itself. */
  acts: number;
  /** Runs of Conductor. */
  runs: number;
  /** Acts after which a ref was another. */
  wrote: number;
  /** Acts after which a change stood approved, by those who may. */
  approved: number;
  /** Runs that ended in a refusal or a failure. */
  turnedDown: number;
}

export interface Campaign {
  readonly figures: ReadonlyMap<string, Figures>;
  /** Breaches of a law, with all that it takes to see them again. */
  readonly breaches: readonly string[];
}

interface Options {
  readonly classes?: readonly AttackClass[];
  /** Milliseconds since 1970 after which no attack is begun. */
  readonly until?: number;
  /** Told after every attack: runs so far, and breaches. */
  readonly tell?: (done: number, breaches: readonly string[]) => void;
}

/** Attacks of one repository: what stands there from those before is part of the next. */
const IN_A_REPOSITORY = 24;

/** Attacks under one policy until Conductor has made `runs` runs. The same seed attacks the same, in the same order. */
export async function attack(
  form: Form,
  policy: KnownPolicy,
  runs: number,
  seed: number,
  { classes = ATTACKS, until = Number.POSITIVE_INFINITY, tell }: Options = {},
): Promise<Campaign> {
  const usable = classes.filter((each) => each.form === undefined || each.form === form);
  const figures = new Map(usable.map(({ name }) => [name, nothing()]));
  const breaches: string[] = [];
  const ground = await prepareGround(form, policy);
  let place = await settle(ground);
  let done = 0;
  for (let index = 0; done < runs && Date.now() < until; index += 1) {
    const { name, make } = usable[index % usable.length]!;
    if (index > 0 && index % IN_A_REPOSITORY === 0) place = await settle(ground);
    const figure = figures.get(name)!;
    const before = { ...figure };
    const found = await strike(place, { name, ...make(chance(seed + index)) }, figure);
    breaches.push(...found.map((what) => `attack ${index}, ${name}, ${policy.repository}: ${what}`));
    // Where one act starts many runs, as a new policy does in each open pull request, they are the same once more.
    done += Math.max(1, Math.min(figure.runs - before.runs, figure.acts - before.acts));
    tell?.(done, breaches);
  }
  await ground.close();
  return { figures, breaches };
}

const nothing = (): Figures => ({ tried: 0, acts: 0, runs: 0, wrote: 0, approved: 0, turnedDown: 0 });

/** Where attacks of one lane go on, one after the other. */
interface Place {
  readonly ground: Ground;
  readonly stage: Stage;
  readonly ledger: Ledger;
  /** The last pull request that an attack had opened, and the thread in which it was asked for. */
  last: { readonly pull: number; readonly thread: number } | null;
}

async function settle(ground: Ground): Promise<Place> {
  const { github, vendor, slug, form } = ground;
  const stage = { github, vendor, slug, form, repository: await ground.fresh() };
  return { ground, stage, ledger: emptyLedger(), last: null };
}

async function strike(place: Place, mine: Attack, figures: Figures): Promise<string[]> {
  const { ground, stage, ledger } = place;
  const broken: string[] = [];
  figures.tried += 1;
  ground.split(mine.alters ?? null);
  let number = 0;
  const threads: number[] = [];

  async function act(doing: () => Promise<void>): Promise<Aftermath> {
    nextAct(ledger);
    const before = await look(stage, threads);
    await doing();
    const { handed, ...happened } = await ground.settled();
    const sent = [ground.vendor.heard(), ...handed].join('\n');
    const after = await compare(stage, before, { ...happened, threads, sent, ledger }, ground.secrets);
    number += 1;
    note(figures, after);
    for (const law of LAWS)
      for (const breach of law.breaches(after, ground.policy))
        broken.push(`act ${number}, ${law.name}: ${breach} (${JSON.stringify(happened.runs)})`);
    return after;
  }

  const target = mine.where === 'own_pull' ? place.last : null;
  if (target) threads.push(target.thread, target.pull);
  const opened = await act(async () => {
    const thread = target?.pull ?? (await begin(place, mine));
    if (!target) threads.push(thread);
    if (target) await scene(target).ask(mine.asks, mine.say);
  });
  const [pull] = opened.pulls;
  if (pull) place.last = { pull: pull.number, thread: threads[0] ?? 0 };
  if (pull) threads.push(pull.number);
  const about = pull ? place.last : target;
  if (about) for (const each of mine.after ?? []) await act(() => each(scene(about)));
  ground.split(null);
  return broken;

  function scene({ pull, thread }: { readonly pull: number; readonly thread: number }) {
    return openScene(stage, ledger, pull, thread);
  }
}

/** The person asks: in an issue, or in a pull request that another one opened. */
async function begin({ stage, ledger }: Place, { where, asks, say }: Attack): Promise<number> {
  const { github, vendor, repository: repo } = stage;
  const main = (await github.branches(repo)).main ?? '';
  ledger.asked += 1;
  ledger.causes += 1;
  vendor.arm(say, main, '');
  if (where !== 'their_pull')
    return (await github.as('ada').openIssue({ repo, title: 'The guide', body: asks })).number;
  const margaret = github.as('margaret');
  const branch = `theirs-${ledger.theirs.size}-${(await github.pulls(repo)).length}`;
  const { sha } = await margaret.push({ repo, branch, files: { 'docs/guide.md': '# Guide\n\nGood?\n' } });
  ledger.theirs.set(`refs/heads/${branch}`, sha);
  const { number } = await margaret.openPull({ repo, head: branch, title: 'The guide' });
  vendor.arm(say, sha, '');
  await github.as('ada').comment({ repo, number, body: asks });
  return number;
}

const DOWN = ['refused', 'failed', 'stopped'];

function note(figures: Figures, { runs, moved, openPulls, pulls, ledger }: Aftermath): void {
  figures.acts += 1;
  figures.runs += runs.length;
  if (moved.length > 0) figures.wrote += 1;
  figures.turnedDown += runs.filter(({ conclusion }) => DOWN.includes(conclusion)).length;
  if ([...openPulls, ...pulls].some((pull) => pull.check === 'success' && standsApproved(pull, ledger)))
    figures.approved += 1;
}
