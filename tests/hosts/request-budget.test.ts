import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, stage } from '../flow/stage.ts';
import { edits, says, use } from '../flow/story.ts';

type PerAct = Readonly<Record<'fix' | 'blocked' | 'answer', number>>;
interface Budgets {
  readonly requests: Readonly<Record<'app' | 'action' | 'rest', PerAct>>;
  readonly content_creating: Readonly<Record<'app' | 'action' | 'rest', PerAct>>;
}

const budgets: Budgets = JSON.parse(readFileSync(new URL('../bench/budgets.json', import.meta.url), 'utf8'));

/** What an App asks for itself when it wakes up: its name, a token that reads, a token that comments. */
const WAKING = 3;

const ASKS = {
  fix: '@conductor fix: correct the rounding',
  blocked: '@conductor fix: publish from everywhere',
  answer: '@conductor reviewer: is it safe?',
} as const;

const STORY = {
  files: { 'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n' },
  script: [
    edits(
      'correct the rounding',
      'Rounds.',
      use('read_file', { path: 'src/total.js' }),
      use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
    ),
    edits(
      'publish from everywhere',
      'Publishes.',
      use('write_file', { path: '.github/workflows/x.yml', content: 'x' }),
    ),
    says('You are reviewer', 'It is safe.'),
  ],
};

/** `rest`: as App, on a GitHub without GraphQL. */
describe.each(['app', 'action', 'rest'] as const)('requests to GitHub, as %s', (form) => {
  const told = new Map<string, Asked>();

  beforeAll(async () => {
    const room = await stage(
      STORY,
      form === 'rest' ? { form: 'app', rest: true, statusEveryMs: 60_000 } : { form, statusEveryMs: 60_000 },
    );
    const issue = await room.openIssue();
    // Whether a server speaks GraphQL is asked once for each token.
    if (form === 'rest') await room.ask('ada', '@conductor help');
    for (const [act, body] of Object.entries(ASKS)) told.set(act, await room.ask('ada', body, issue));
  });

  it.each([
    ['fix', 'pull_request_opened'],
    ['blocked', 'policy_block'],
    ['answer', 'answered'],
  ] as const)('C23: %s stays within its budget', (act, code) => {
    const asked = told.get(act);
    expect(asked?.code).toBe(code);
    const requests = asked?.calls.filter(({ actor }) => actor.endsWith('[bot]')) ?? [];
    const line = requests.map(({ route }) => route).join('\n');
    expect(requests.length, line).toBeGreaterThan(0);
    expect(requests.length, line).toBeLessThanOrEqual(budgets.requests[form][act]);
    expect(requests.filter(({ kind }) => kind === 'content').length, line).toBeLessThanOrEqual(
      budgets.content_creating[form][act],
    );
  });

  it.skipIf(form === 'rest')(
    'C23: the App wakes once and asks for a token that pushes where it does; a job asks for none',
    () => {
      const own = [...told.values()].map(
        ({ calls }) => calls.filter(({ actor }) => actor.startsWith('app:')).length,
      );
      expect(own).toEqual([form === 'app' ? WAKING + 1 : 0, 0, 0]);
    },
  );
});
