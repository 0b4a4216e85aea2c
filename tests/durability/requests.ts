import { edits, finish, says, use } from '../flow/story.ts';
import { type AskedFor, VISITOR, type World } from './world.ts';

const edit = use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' });

/** What the scripted model does in every durability test. */
export const SCRIPT = [
  edits('rounding', 'Rounds.', edit),
  { when: ['slowly'], turns: [{ tool_calls: [edit, finish('Rounds, at last.')], delay_ms: 800 }] },
  { when: ['breaks'], turns: [{ error: { code: 'model_auth', message: 'The key is wrong.' } }] },
  says('', 'Because of Math.floor.'),
];

/** All requests of these tests are made to one installation. */
export const ROOM = { MAX_RUNS_PER_INSTALLATION: '10' };

export const FIX = '@conductor fix the rounding';

type Asking = (world: World, repository: string) => Promise<readonly AskedFor[]>;

/** Each kind of thing that people ask for, so that together they go through every step there is. */
export const KINDS = {
  fix: async (world, repository) => [await world.ask(repository, FIX)],
  ask: async (world, repository) => [await world.ask(repository, '@conductor ask why is it wrong?')],
  help: async (world, repository) => [await world.ask(repository, '@conductor help')],
  refused: async (world, repository) => [await world.ask(repository, FIX, { by: VISITOR })],
  failing: async (world, repository) => [await world.ask(repository, '@conductor fix what breaks')],
  stopped: async (world, repository) => {
    const slow = await world.ask(repository, '@conductor fix it slowly');
    return [slow, await world.ask(repository, '@conductor stop', slow)];
  },
  retried: async (world, repository) => {
    const failing = await world.ask(repository, '@conductor fix what breaks');
    return [failing, await world.ask(repository, '@conductor retry', failing)];
  },
  status: async (world, repository) => {
    const fix = await world.ask(repository, FIX);
    return [fix, await world.ask(repository, '@conductor status', fix)];
  },
  undone: async (world, repository) => {
    const fix = await world.ask(repository, FIX);
    return [fix, await world.ask(repository, '@conductor undo', fix)];
  },
} satisfies Readonly<Record<string, Asking>>;

export type Kind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as Kind[];
