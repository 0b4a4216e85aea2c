import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_AGENTS } from '../../src/agents/built-in.ts';
import type { Model, ModelTurn, Prompt } from '../../src/agents/model.ts';
import type { AgentProfile } from '../../src/agents/profile.ts';
import { runAgent } from '../../src/agents/run-agent.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { calm } from './models/cases/asking.ts';
import { CAPABILITIES, DIALECTS, type Dialect } from './models/dialects.ts';
import { stream, vendorServer } from './models/vendor-server.ts';
import { anthropicWire } from './models/wires/anthropic.ts';

const MOST_PREFIX_TOKENS = 1_200;
const LEAST_SHARE = 0.9;

const coder = BUILT_IN_AGENTS.find(({ name }) => name === 'coder') as AgentProfile;
const tokensOf = (text: string) => encode(text).length;

/** A shop of sixty modules with their tests, the same each time. */
const FILES = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => {
    const area = ['money', 'orders', 'stock', 'users', 'mail'][at % 5];
    const name = `src/${area}/part-${at}.ts`;
    const lines = Array.from(
      { length: 40 },
      (_, line) => `  // step ${line}\n  total = applyStep${line}(total, order.lines[${line % 7}]);`,
    );
    return [
      name,
      `export function part${at}(order: Order): number {\n  let total = 0;\n${lines.join('\n')}\n}\n`,
    ];
  }),
);
const ROUND = 'src/money/round.ts';
const ROUND_TEST = 'tests/money/round.test.ts';
Object.assign(FILES, {
  [ROUND]:
    'export function roundCents(amount: number): number {\n  return Math.round(amount * 100) / 100;\n}\n',
  [ROUND_TEST]: "it('rounds', () => {\n  expect(roundCents(1.005)).toBe(1.01);\n});\n",
});

const GUIDANCE = Array.from(
  { length: 24 },
  (_, at) => `- Rule ${at}: keep modules small, name things after what they mean, and test what people see.`,
).join('\n');
const REQUEST = [
  'Repository acme/shop, issue #12.',
  `<thread title="Totals are off by a cent" by="ada">\n${Array.from(
    { length: 12 },
    (_, at) =>
      `<message by="bob">\nSeen again in order ${1_000 + at}: the sum of its lines is not its total.\n</message>`,
  ).join('\n')}\n</thread>`,
  'ada asks you to fix:',
  '<request>\nthe rounding bug\n</request>',
].join('\n\n');

type Calls = readonly (readonly [string, object])[];

/** What a model called, turn by turn, on its way to the fix. */
const TURNS: readonly Calls[] = [
  [['search_code', { text: 'Math.round' }]],
  [
    ['read_file', { path: ROUND }],
    ['read_file', { path: ROUND_TEST }],
  ],
  [['search_code', { text: 'roundCents' }]],
  [['list_files', { folder: 'src/money' }]],
  [['read_file', { path: 'src/money/part-0.ts', start_line: 1, end_line: 40 }]],
  [['edit_file', { path: ROUND, old: 'Math.round(amount * 100) / 100', new: 'halfEven(amount)' }]],
  [['read_file', { path: ROUND }]],
  [['edit_file', { path: ROUND_TEST, old: 'toBe(1.01)', new: 'toBe(1)' }]],
  [['write_file', { path: 'src/money/half-even.ts', content: 'export const halfEven = Number;\n' }]],
  [['finish', { summary: 'Round half to even.' }]],
];

/** The prompts that a model was sent in this conversation. */
async function recorded(request = REQUEST): Promise<readonly Prompt[]> {
  const prompts: Prompt[] = [];
  const model: Model = {
    name: 'm',
    label: 'x/m',
    price: null,
    capabilities: CAPABILITIES,
    check: async () => null,
    async ask(prompt) {
      const calls = TURNS[prompts.length] ?? [];
      prompts.push(prompt);
      const turn: ModelTurn = {
        text: `Step ${prompts.length}.`,
        toolCalls: calls.map(([name, input], at) => ({ id: `call_${prompts.length}_${at}`, name, input })),
        usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 },
        stop: 'tools',
      };
      return { ok: true, turn };
    },
  };
  const thought = await runAgent(
    {
      profile: coder,
      mayEdit: true,
      mustChange: true,
      request,
      guidance: GUIDANCE,
      workspace: memoryWorkspace('c'.repeat(40), FILES),
      maxTurns: 40,
    },
    model,
    calm(),
    { toolUsed: async () => undefined },
  );
  expect(thought.kind).toBe('proposal');
  return prompts;
}

type Body = Readonly<Record<string, unknown>>;

/** What an adapter really sends for each prompt. */
async function sentFor(dialect: Dialect, prompts: readonly Prompt[]): Promise<readonly Body[]> {
  const server = await vendorServer(stream(dialect.wire.frames({ text: 'Hi', stop: 'end' })));
  const model = dialect.make(server.url);
  for (const prompt of prompts) await model.ask(prompt, calm());
  await server.close();
  return server.requests.map(({ body }) => body);
}

/** A body in the order in which vendors cache it: tools, system text, then the conversation, block by block. */
function inCacheOrder(body: Body): { readonly text: string; readonly isMarked: boolean }[] {
  const list = (of: unknown): readonly Body[] => (Array.isArray(of) ? of : []);
  const blocks = list(body.messages).flatMap((message) =>
    Array.isArray(message.content)
      ? list(message.content).map((block) => ({ role: message.role, ...block }))
      : [message],
  );
  const instructions = body.instructions === undefined ? [] : [{ instructions: body.instructions }];
  const all: Body[] = [
    ...list(body.tools),
    ...list(body.system),
    ...instructions,
    ...list(body.input),
    ...blocks,
  ];
  return all.map(({ cache_control: mark, ...rest }) => ({
    text: JSON.stringify(rest),
    isMarked: mark !== undefined,
  }));
}

/** Everything else in a body: what a vendor may not see change between two calls. */
function settings({ tools, system, instructions, input, messages, ...rest }: Body): Body {
  return rest;
}

const tokensIn = (parts: readonly { readonly text: string }[]) =>
  parts.reduce((sum, { text }) => sum + tokensOf(text), 0);

describe.each(DIALECTS)('what is sent over $title', (dialect) => {
  let bodies: readonly Body[];
  let calls: readonly ReturnType<typeof inCacheOrder>[];
  beforeAll(async () => {
    bodies = await sentFor(dialect, await recorded());
    calls = bodies.map(inCacheOrder);
  });

  it(`the part that never changes is under ${MOST_PREFIX_TOKENS} tokens`, async ({ annotate }) => {
    const [bare] = await sentFor(dialect, [{ ...((await recorded())[0] as Prompt), messages: [] }]);
    const tokens = tokensIn(inCacheOrder(bare as Body)) - tokensOf(GUIDANCE);
    await annotate(`${tokens} tokens of o200k`);
    expect(tokens).toBeGreaterThan(500);
    expect(tokens).toBeLessThan(MOST_PREFIX_TOKENS);
  });

  it('that part is the same, byte for byte, in every run and for every request', async () => {
    const length = (calls[0]?.length ?? 0) - 1;
    const other = (await sentFor(dialect, await recorded('Something else.'))).map(inCacheOrder);
    for (const call of [...calls, ...other])
      expect(call.slice(0, length)).toEqual(calls[0]?.slice(0, length));
  });

  it('the same conversation is the same, byte for byte', async () => {
    const again = await sentFor(dialect, await recorded());
    expect(again.map((body) => JSON.stringify(body))).toEqual(bodies.map((body) => JSON.stringify(body)));
  });

  it('each call begins with all of what the call before sent, and changes no setting', () => {
    expect(calls).toHaveLength(TURNS.length);
    for (const [at, call] of calls.entries()) {
      const before = calls[at - 1] ?? [];
      expect(call.slice(0, before.length).map(({ text }) => text)).toEqual(before.map(({ text }) => text));
      expect(settings(bodies[at] as Body)).toEqual(settings(bodies[0] as Body));
    }
  });

  it(`${LEAST_SHARE * 100} % of what the later calls send was sent before, so that a vendor’s cache serves it`, async ({
    annotate,
  }) => {
    const later = calls.slice(1);
    const sent = later.reduce((sum, call) => sum + tokensIn(call), 0);
    const known = later.reduce((sum, call, at) => sum + tokensIn(call.slice(0, calls[at]?.length)), 0);
    await annotate(`${((100 * known) / sent).toFixed(1)} % of ${sent} tokens in ${later.length} calls`);
    expect(known / sent).toBeGreaterThanOrEqual(LEAST_SHARE);
  });
});

const anthropic = DIALECTS.filter(({ wire }) => wire === anthropicWire);

describe.each(anthropic)('the marks for the cache over $title', (dialect) => {
  it('one stands where the call before left one, one at the end, and there are never more than four', async () => {
    const calls = (await sentFor(dialect, await recorded())).map(inCacheOrder);
    for (const [at, call] of calls.entries()) {
      const marks = call.flatMap(({ isMarked }, place) => (isMarked ? [place] : []));
      expect(marks.length).toBeLessThanOrEqual(4);
      expect(marks).toContain(call.length - 1);
      const before = calls[at - 1];
      if (before) expect(marks).toContain(before.length - 1);
    }
  });
});
