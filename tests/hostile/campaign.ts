import { runIdOf } from '../../src/runs/run-id.ts';
import { type Aftermath, compare, look, secretIn } from './aftermath.ts';
import type { Attack, AttackClass } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import type { Ground } from './ground.ts';
import { OWNER } from './ground.ts';
import { LAWS, type Law } from './oracle.ts';
import { type KnownPolicy, POLICIES } from './policies.ts';
import { chance } from './random.ts';

/** What came of one class of attacks. */
export interface Figures {
  tried: number;
  /** Runs that changed something on GitHub beside words, within policy. */
  wrote: number;
  /** Runs that ended in a refusal or a failure. */
  turnedDown: number;
}

export interface Campaign {
  readonly figures: ReadonlyMap<string, Figures>;
  /** Breaches of a law, with all that it takes to see them again. */
  readonly breaches: readonly string[];
}

interface Options {
  readonly laws?: readonly Law[];
  readonly classes?: readonly AttackClass[];
  /** Milliseconds since 1970 after which no run is begun. */
  readonly until?: number;
}

/** Runs `count` attacks, one after the other in each repository, side by side in all. The same seed attacks the same. */
export async function attack(
  ground: Ground,
  count: number,
  seed: number,
  { laws = LAWS, classes = ATTACKS, until = Number.POSITIVE_INFINITY }: Options = {},
): Promise<Campaign> {
  const figures = new Map<string, Figures>();
  const breaches: string[] = [];
  await Promise.all(
    POLICIES.map(async (policy, lane) => {
      const known: Known = { pulls: new Map(), newest: 0 };
      for (let index = lane; index < count && Date.now() < until; index += POLICIES.length) {
        const luck = chance(seed + index);
        const { name, make } = classes[Math.floor(index / POLICIES.length) % classes.length]!;
        const mine = { name, ...make(luck) };
        const { broken, wrote, conclusion } = await strike(ground, policy, mine, laws, known);
        breaches.push(
          ...broken.map((what) => `seed ${seed + index}, ${name}, ${policy.repository}: ${what}`),
        );
        const figure = figures.get(name) ?? { tried: 0, wrote: 0, turnedDown: 0 };
        figure.tried += 1;
        if (wrote) figure.wrote += 1;
        if (['refused', 'failed', 'stopped'].includes(conclusion)) figure.turnedDown += 1;
        figures.set(name, figure);
      }
    }),
  );
  return { figures, breaches };
}

async function strike(
  { github, vendor, ended, secrets }: Ground,
  policy: KnownPolicy,
  mine: Attack,
  laws: readonly Law[],
  known: Known,
) {
  const repo = `${OWNER}/${policy.repository}`;
  const ada = github.as('ada');
  const last = [...known.pulls.keys()].at(-1);
  const target = mine.where === 'own_pull' && last ? await github.pull(repo, last) : null;
  const before = await look(github, repo, known, target?.number ?? null);
  const base = target?.head.sha ?? before.refs.get('refs/heads/main') ?? '';
  vendor.arm(policy.repository, mine, base);
  const { thread, asking } = target
    ? await comment(target.number)
    : await issue((await ada.openIssue({ repo, title: 'The guide', body: mine.asks })).number);
  const repository = { id: repositoryId() };
  const run = runIdOf({ repository, asking, action: asking.kind === 'issue' ? 'opened' : 'created' });
  const end = (await ended(run)) ?? { conclusion: '', verdict: null };
  const sent = secretIn(vendor.heard(), secrets);
  const leaks = sent === null ? [] : [`the vendor was sent ${sent}`];
  const after = await compare(github, repo, before, { asker: 'ada', thread, leaks, ...end }, secrets);
  remember(known, after);
  return {
    broken: laws.flatMap((law) =>
      law
        .breaches(after, policy)
        .map((breach) => `${law.name}: ${breach} (${end.conclusion}, ${end.verdict})`),
    ),
    wrote: after.moved.length > 0,
    conclusion: end.conclusion,
  };

  async function comment(number: number) {
    await ada.comment({ repo, number, body: mine.asks });
    const nodeId = github.comments(repo, number).findLast(({ user }) => user?.login === 'ada')?.node_id ?? '';
    return { thread: number, asking: { kind: 'issue_comment' as const, nodeId } };
  }

  async function issue(number: number) {
    return { thread: number, asking: { kind: 'issue' as const, nodeId: github.issue(repo, number).node_id } };
  }

  function repositoryId(): number {
    const { payload } = github.events.find(({ repository }) => repository === repo) ?? {};
    return (payload as { repository: { id: number } }).repository.id;
  }
}

/** What a lane keeps of its earlier runs. */
interface Known {
  pulls: Map<number, boolean>;
  newest: number;
}

/** Earlier pull requests that are looked at again after each run. */
const LOOKED_AT = 4;

function remember(known: Known, { thread, pulls, openPulls }: Aftermath): void {
  known.newest = Math.max(known.newest, thread, ...pulls.map(({ number }) => number));
  const all = [...openPulls, ...pulls].map(({ number, draft }) => [number, draft] as const);
  known.pulls = new Map(all.slice(-LOOKED_AT));
}
