import { beforeAll, describe, expect, it } from 'vitest';
import type { Held, LoggedCall } from '../../src/simulator/call-log.ts';
import { type Asked, type Stage, stage } from '../flow/stage.ts';
import { CONFIG, edits, says, use } from '../flow/story.ts';

const STORY = {
  script: [
    edits('correct the rounding', 'Rounds.', use('write_file', { path: 'src/new.js', content: 'x\n' })),
    edits('publish', 'Publishes.', use('write_file', { path: '.github/workflows/x.yml', content: 'x' })),
    says('You are reviewer', 'It is safe.'),
  ],
};
const FILES = {
  'README.md': '# Till\n',
  '.github/conductor.yml': JSON.stringify(CONFIG),
  '.github/conductor/script.yml': JSON.stringify({ version: 1, scenes: STORY.script }),
};
const mayWrite = (held: Held | null) => Object.values(held?.permissions ?? {}).includes('write');
const mayPush = (held: Held | null) => held?.permissions.contents === 'write';
/** What a request of Conductor's asked for, and what it held: a document of queries only is a look. */
const described = ({ route, fields, held }: LoggedCall) =>
  `${route} ${fields?.join(' ') ?? ''} ${JSON.stringify(held?.permissions)}`;

describe.each([{ rest: false }, { rest: true }])('tokens of an App (REST only: $rest)', ({ rest }) => {
  let room: Stage;
  let asked: Asked;
  let blocked: Asked;
  let answered: Asked;
  let again: Asked;

  beforeAll(async () => {
    room = await stage(STORY, { rest, record: true });
    asked = await room.ask('ada', '@conductor fix: correct the rounding');
    blocked = await room.ask('ada', '@conductor fix: publish from everywhere');
    answered = await room.ask('ada', '@conductor reviewer: is it safe?');
    again = await room.ask('ada', '@conductor fix: correct the rounding');
  });

  it('SEC-14: whatever only looks, git too, holds a token that can’t write', () => {
    const looks = room.simulator.calls.filter(({ kind, held }) => kind === 'read' && held !== null);
    // With GraphQL the thread is told in the answer to 👀.
    expect(looks.length).toBeGreaterThan(rest ? 2 : -1);
    expect(looks.filter(({ held }) => mayWrite(held)).map(described)).toEqual([]);
    expect(room.simulator.gitCalls.length).toBeGreaterThan(2);
    expect(room.simulator.gitCalls.filter(({ held }) => held === null || mayWrite(held))).toEqual([]);
  });

  it('SEC-1: no token that can push is minted before policy has let the change through', () => {
    const minted = room.simulator.calls.filter(({ route }) => route.endsWith('/access_tokens'));
    const pushing = minted.filter(({ request }) => permissionsIn(request?.body).contents === 'write');
    const before = asked.calls.filter(
      ({ sequence, actor }) => actor === 'conductor[bot]' && sequence < (pushing[0]?.sequence ?? 0),
    );
    // One for each run that publishes: none finds what another has left.
    const inRuns = [asked, again].map(({ calls }) => calls.filter((call) => pushing.includes(call)).length);
    expect([pushing.length, inRuns]).toEqual([2, [1, 1]]);
    expect(
      before.some(({ fields, route }) => fields?.includes('addReaction') || /reactions$/.test(route)),
    ).toBe(true);
    expect(before.filter(({ held }) => mayPush(held))).toEqual([]);
    expect(asked.calls.filter(({ held }) => mayPush(held)).map(described)).not.toEqual([]);
  });

  it('SEC-1: nor at all where policy blocks, or nothing is to be written', () => {
    expect([blocked.code, answered.code]).toEqual(['policy_block', 'answered']);
    const later = [...blocked.calls, ...answered.calls];
    expect(later.filter(({ held }) => mayPush(held)).map(described)).toEqual([]);
    expect(later.filter(({ route }) => route.endsWith('/access_tokens'))).toEqual([]);
  });

  it('SEC-34: work in one repository holds no token that reaches another, of whatever installation', async () => {
    const { simulator } = room;
    const [home, neighbour, abroad] = ['acme/shop', 'acme/till', 'globex/shop'];
    await simulator.addRepository({
      owner: 'acme',
      name: 'till',
      files: FILES,
      collaborators: { ada: 'write' },
    });
    simulator.addOrganization({ login: 'globex' });
    await simulator.addRepository({
      owner: 'globex',
      name: 'shop',
      files: FILES,
      collaborators: { ada: 'write' },
    });
    const [installed] = simulator.calls.flatMap(({ path }) => /installations\/(\d+)/.exec(path)?.[1] ?? []);
    simulator.setInstallationRepositories(Number(installed), [home, neighbour]);
    simulator.install(4242, 'globex', { repositories: [abroad] });
    await room.settled();

    const reached: string[] = [];
    for (const repo of [home, neighbour, abroad]) {
      const before = [simulator.calls.length, simulator.gitCalls.length] as const;
      const { number } = await simulator
        .as('ada')
        .openIssue({ repo, title: 'Help', body: '@conductor reviewer: safe?' });
      await room.settled();
      expect(simulator.comments(repo, number).at(-1)?.body).toContain('It is safe.');
      const made = [...simulator.calls.slice(before[0]), ...simulator.gitCalls.slice(before[1])];
      const held = new Set(
        made.flatMap((call) => (call.held ? [JSON.stringify(call.held.repositories)] : [])),
      );
      expect(held.size).toBe(1);
      reached.push(...held);
    }
    expect(new Set(reached).size).toBe(3);
    expect(reached.every((ids) => JSON.parse(ids).length === 1)).toBe(true);
  });
});

const permissionsIn = (body: unknown) =>
  (body as { readonly permissions?: Readonly<Record<string, string>> }).permissions ?? {};
