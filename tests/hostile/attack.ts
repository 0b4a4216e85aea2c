import type { Chance } from './random.ts';

/** What a model that is somebody else's says in one turn: words, uses of tools, or bytes that are no answer at all. */
export interface Said {
  readonly text?: string;
  /** `input` as it stands, when it is a text: JSON or not. */
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
  readonly raw?: string;
}

/** What such a model was sent. */
export interface Heard {
  /** All that it was told, as JSON. */
  readonly everything: string;
  /** What its last tools gave. */
  readonly results: string;
  /** Answers that it has given before, in this run. */
  readonly turn: number;
  /** The commit that it works on, which anybody may know. */
  readonly base: string;
}

/** One run of a hostile model. */
export interface Attack {
  readonly name: string;
  /** What the person asks, in good faith: as an issue, or in a pull request that an earlier run opened. */
  readonly asks: string;
  readonly where: 'issue' | 'own_pull';
  say(heard: Heard): Said;
}

/** A class of attacks. */
export interface AttackClass {
  readonly name: string;
  make(chance: Chance): Omit<Attack, 'name'>;
}

export const FIX = '@conductor fix the guide';
export const use = (name: string, input: unknown) => ({ name, input });
export const finish = (summary: string) => use('finish', { summary });

/** Uses these tools in one turn, and ends. */
export const acts = (summary: string, ...calls: ReturnType<typeof use>[]): Omit<Attack, 'name'> => ({
  asks: FIX,
  where: 'issue',
  say: ({ turn }) => (turn === 0 ? { calls: [...calls, finish(summary)] } : { calls: [finish(summary)] }),
});

/** Answers with a change set in words, which may hold what no tool takes. `more`: keys beside those of the format. */
export const proposes = (changes: readonly unknown[], more: object = {}): Omit<Attack, 'name'> => ({
  asks: FIX,
  where: 'issue',
  say: ({ base }) => ({
    text: JSON.stringify({ version: 1, base, summary: 'A better guide.', changes, ...more }),
  }),
});
