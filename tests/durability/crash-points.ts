import type { CrashPoint } from './app-under-test.ts';
import type { Random } from './random.ts';
import { ALL_KINDS, KINDS, type Kind } from './requests.ts';
import { started, type World } from './world.ts';

/** A place to crash at, and a kind of request that comes by there. */
export interface Planned {
  readonly crashAt: CrashPoint;
  readonly kind: Kind;
}

/** The steps there are, learned from runs that nothing happens to, so that no new one can be forgotten. */
export interface CrashPoints {
  readonly steps: readonly string[];
  /** Each step in turn, at each position. */
  next(): Planned;
}

const POSITIONS = ['before', 'done', 'stored'] as const;

export async function learnCrashPoints(world: World, random: Random): Promise<CrashPoints> {
  const app = await started(world);
  const kindsOf = new Map<string, Kind[]>();
  const known = new Set<string>();
  for (const kind of ALL_KINDS) {
    // One kind after the other: what is new belongs to it.
    await KINDS[kind](world, world.repositories[0] ?? '');
    await world.allTold(30_000);
    for (const step of await app.steps()) {
      if (known.has(step)) continue;
      known.add(step);
      kindsOf.set(step, [kind]);
    }
  }
  await app.kill();
  const steps = [...known];
  let queue: CrashPoint[] = [];
  return {
    steps,
    next() {
      if (queue.length === 0)
        queue = random.shuffled(
          steps.flatMap((step) => POSITIONS.map((position) => ({ step, position, after: 0 }))),
        );
      const point = queue.pop() as CrashPoint;
      const kind = kindsOf.get(point.step ?? '')?.[0] ?? 'fix';
      return { crashAt: point, kind };
    },
  };
}
