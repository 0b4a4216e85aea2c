import type { Chance } from './random.ts';
import type { Scene } from './scene.ts';

/** What a model that is somebody else's says in one turn: words, uses of tools, or bytes that are no answer at all. */
export interface Said {
  readonly text?: string;
  /** `input` as it stands, when it is a text: JSON or not. */
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
  readonly raw?: string;
}

/** What such a model was sent, and what an attacker finds out beside it. */
export interface Heard {
  /** All that it was told, as JSON. */
  readonly everything: string;
  /** What its last tools gave. */
  readonly results: string;
  /** Answers that it has given before, in this run. */
  readonly turn: number;
  /** The commit that it works on, which anybody may know. */
  readonly base: string;
  /** 64 hex digits that an approval names: what was last asked for, or made up where nothing was. */
  readonly digest: string;
}

export type Says = (heard: Heard) => Said;

/** One more thing that people, strangers or machines do once Conductor is done with what was before. */
export type Act = (scene: Scene) => Promise<void>;

/** A run of a hostile model, and what comes after it. */
export interface Attack {
  readonly name: string;
  /** What the person asks, in good faith: as an issue, in the last pull request that a run opened, or in a person's. */
  readonly asks: string;
  readonly where: 'issue' | 'own_pull' | 'their_pull';
  readonly say: Says;
  /** Each is judged by itself. They are left out where the run opened no pull request that they could be about. */
  readonly after?: readonly Act[];
  /** Two jobs of the Action: what becomes, in between, of the file that one hands to the other. */
  readonly alters?: (path: string) => Promise<void>;
}

/** A class of attacks. */
export interface AttackClass {
  readonly name: string;
  /** Only of one form. */
  readonly form?: 'app' | 'action';
  make(chance: Chance): Omit<Attack, 'name'>;
}

export const FIX = '@conductor fix the guide';
export const use = (name: string, input: unknown) => ({ name, input });
export const finish = (summary: string) => use('finish', { summary });
export const write = (path: string, content = 'Better.\n') => use('write_file', { path, content });

/** Uses these tools in one turn, and ends. */
export const doing =
  (summary: string, ...calls: ReturnType<typeof use>[]): Says =>
  ({ turn }) =>
    turn === 0 ? { calls: [...calls, finish(summary)] } : { calls: [finish(summary)] };

/** Asked in an issue of its own. */
export const acts = (summary: string, ...calls: ReturnType<typeof use>[]): Omit<Attack, 'name'> => ({
  asks: FIX,
  where: 'issue',
  say: doing(summary, ...calls),
});

/** Answers with a change set in words, which may hold what no tool takes. `more`: keys beside those of the format. */
export const proposing =
  (changes: readonly unknown[], more: object = {}): Says =>
  ({ base }) => ({
    text: JSON.stringify({ version: 1, base, summary: 'A better guide.', changes, ...more }),
  });

export const proposes = (changes: readonly unknown[], more: object = {}): Omit<Attack, 'name'> => ({
  asks: FIX,
  where: 'issue',
  say: proposing(changes, more),
});
