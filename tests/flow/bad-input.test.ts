import { beforeAll, describe, expect, it } from 'vitest';
import { type Adversarial, sharedData } from '../changes/shared-data.ts';
import { runJob } from './action-job.ts';
import { expectOnlyWords, failed, NO_MODEL, refused } from './only-words.ts';
import { type Stage, stage } from './stage.ts';
import { edits, finish, type Scene, says, use } from './story.ts';

const PEOPLE = { ada: 'write', visitor: 'read', triager: 'triage' } as const;
const FILES = {
  'README.md': '# Shop\n',
  'src/one.js': 'export const one = 1;\n',
  '.github/agents/broken.agent.md': '---\nname: Broken\ntools: [read]\n---\nNo description.\n',
};

const change = (path: string) =>
  JSON.stringify({
    version: 1,
    base: '0'.repeat(40),
    summary: 'A file of my own.',
    changes: [{ op: 'create_file', path, content: '[core]\n' }],
  });

/** Says the same when it is told what is wrong with it. */
const saysAgain = (when: string, text: string): Scene => ({ when: [when], turns: [{ text }, { text }] });

const hostile = sharedData<Adversarial>('adversarial.json')?.model_output ?? [];

const SCRIPT: Scene[] = [
  ...hostile.map(({ id, raw }) => saysAgain(`adversarial case ${id}.`, raw)),
  says('talk about it', 'Sure! I changed the file as you asked.'),
  edits(
    'change it back',
    'Nothing is left of it.',
    use('write_file', { path: 'src/one.js', content: FILES['src/one.js'] }),
  ),
  {
    when: ['climb out'],
    turns: [
      { tool_calls: [use('write_file', { path: '../x', content: 'x' })] },
      { tool_calls: [finish('I tried.')] },
    ],
  },
  saysAgain('enter the git folder', change('.git/config')),
  {
    when: ['fall over'],
    turns: [{ error: { code: 'model_unavailable', message: 'The vendor answered 503.' } }],
  },
  {
    when: ['take your time'],
    turns: [
      { tool_calls: [use('list_files', {})] },
      { tool_calls: [use('list_files', {})] },
      { tool_calls: [finish('At last.')] },
    ],
  },
  edits(
    'write a second one',
    'Two files.',
    use('write_file', { path: 'src/two.js', content: 'export const two = 2;\n' }),
  ),
  says('', 'I was asked, so I answer.'),
];

describe('a request that cannot be done as asked', () => {
  let room: Stage;

  beforeAll(async () => {
    room = await stage({
      files: FILES,
      script: SCRIPT,
      people: PEOPLE,
      config: {
        models: {
          demo: {
            provider: 'scripted',
            model: 'demo',
            script: '.github/conductor/script.yml',
            price: { input: 4, output: 20 },
          },
          keyless: {
            provider: 'anthropic',
            model: 'claude',
            api_key_env: 'CONDUCTOR_TEST_KEY_THAT_NOBODY_SETS',
            price: { input: 4, output: 20 },
          },
          unpriced: {
            provider: 'openai-compatible',
            model: 'x',
            base_url: 'http://127.0.0.1:9',
            api_key_env: 'PATH',
          },
        },
      },
    });
  });

  describe('who asks', () => {
    it.each(['visitor', 'triager'] as const)(
      'S0-30: %s, who cannot write, is refused before any model is asked',
      async (login) => {
        const asked = await room.ask(login, '@conductor fix: write a second one');
        expectOnlyWords(asked, refused('no_permission'));
        expect(asked.status).toContain(
          `Commands need write access to this repository; ${login} has ${PEOPLE[login]} access.`,
        );
        expect(asked.status).toContain('Ask a maintainer to make the request');
        expect(asked.status).toContain(NO_MODEL);
      },
    );

    it('S0-30: a bot is not answered, and costs no request', async () => {
      room.simulator.addUser({ login: 'helpful-robot', type: 'Bot' });
      room.simulator.setCollaborator(room.repository, 'helpful-robot', 'write');
      const number = await room.openIssue();
      const asked = await room.during(number, async () => {
        await room.simulator
          .as('helpful-robot')
          .comment({ repo: room.repository, number, body: '@conductor fix: write a second one' });
        return undefined;
      });
      expect(asked.run).toBeNull();
      expect(asked.comments).toEqual([]);
      expect(
        asked.calls.filter(({ actor }) => actor !== 'helpful-robot[bot]' && actor !== 'helpful-robot'),
      ).toEqual([]);
    });

    it('S0-30: an edited comment does not command, before or after a run of it', async () => {
      const person = room.simulator.as('ada');
      const number = await room.openIssue();
      const { id } = await person.comment({ repo: room.repository, number, body: 'Nothing to see.' });
      await room.settled();
      const edited = await room.during(number, async () => {
        await person.editComment({ repo: room.repository, id, body: '@conductor fix: write a second one' });
        return undefined;
      });
      expect(edited.run).toBeNull();
      expect(edited.comments).toEqual([]);

      const asked = await room.ask('ada', '@conductor what is one?', number);
      expect(asked.code).toBe('answered');
      const again = await room.during(number, async () => {
        const repo = room.repository;
        await person.editComment({ repo, id: asked.comment, body: '@conductor fix: write a second one' });
        return undefined;
      });
      expect(again.run).toBeNull();
      expect(again.comments).toEqual([]);
    });
  });

  describe('what is asked', () => {
    const WRONG: readonly (readonly [what: string, body: string, code: string, ...told: string[]])[] = [
      [
        'an unknown /verb',
        '/fxi the total',
        'unknown_verb',
        'There is no verb `/fxi`. Did you mean `fix`?',
        'or plain words',
      ],
      [
        'a verb of later',
        'lessons',
        'verb_unavailable',
        '`lessons` is not available in this version.',
        'Use one of `help`',
      ],
      [
        'an unknown agent',
        'reviwer: is it safe?',
        'unknown_agent',
        'There is no agent `reviwer`. Did you mean `reviewer`?',
        'Agents here: ',
      ],
      [
        'several agents',
        'coder, reviewer: is it safe?',
        'one_agent_at_a_time',
        'not available in this version',
        'Address one agent',
      ],
      [
        'an agent whose file is broken',
        'broken: hello',
        'agent_invalid',
        '`.github/agents/broken.agent.md:2:1`',
        '`description`',
        'Correct it',
      ],
      [
        'an unknown option',
        'fix it --modle=demo',
        'unknown_option',
        'There is no option `--modle`. Did you mean `--model`?',
        'Options: `--agent=`',
      ],
      [
        'a budget that is no amount',
        'fix it --max_cost_usd=lots',
        'bad_option',
        'not an amount',
        '--max_cost_usd=2.50',
      ],
      [
        'no turns at all',
        'fix it --max_turns=0',
        'bad_option',
        'not a whole number from 1 to 1000',
        '--max_turns=10',
      ],
      [
        'a model that is not configured',
        'fix it --model=gpt',
        'model_not_allowed',
        '`gpt` is not a model that coder may use',
        'Allowed: `demo`',
      ],
      [
        'a model without its key',
        'fix it --model=keyless',
        'model_key_missing',
        '`CONDUCTOR_TEST_KEY_THAT_NOBODY_SETS`, which is not set',
        'never write a key into the repository',
      ],
      [
        'a model without a price',
        'fix it --model=unpriced',
        'model_unpriced',
        'is not known, so a budget can’t be kept',
        'budget.unpriced',
      ],
      [
        'a fix by an agent that may not edit',
        'fix it --agent=reviewer',
        'agent_may_not_edit',
        '`reviewer` may only read and answer',
        'Address an agent that may edit',
      ],
    ];

    it.each(WRONG)(
      'S0-18: %s is refused in one comment, with what to do',
      async (_what, body, code, ...told) => {
        const asked = await room.ask('ada', `@conductor ${body}`);
        expectOnlyWords(asked, refused(code));
        for (const words of told) expect(asked.status).toContain(words);
        expect(asked.status).toContain(NO_MODEL);
      },
    );

    // GitHub lets no App comment or react in a locked conversation, so that only the host can say why.
    it('S0-18: a locked conversation is not worked in; the job’s log says why', async () => {
      const number = await room.openIssue();
      await room.simulator.as('ada').lock({ repo: room.repository, number });
      const asked = await room.ask('ada', '@conductor fix: write a second one', number);
      expectOnlyWords(asked, { code: null, conclusion: 'refused', comments: 0 });

      const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
      const job = await runJob(room, event ?? { event: 'none', payload: {} });
      expect(job.outputs.conclusion).toBe('refused');
      expect(job.exitCode).toBe(0);
      expect(job.log).toContain(
        'This conversation is locked, so Conductor does not work in it. Unlock it and ask again.',
      );
    });

    it('S0-18: a closed issue is not worked on', async () => {
      const number = await room.openIssue();
      await room.simulator.as('ada').closeIssue({ repo: room.repository, number });
      await room.settled();
      const asked = await room.ask('ada', '@conductor fix: write a second one', number);
      expectOnlyWords(asked, refused('thread_closed'));
      expect(asked.status).toContain('Reopen it and ask again');
      expect(asked.status).toContain(NO_MODEL);
    });
  });

  describe('what the model does', () => {
    it.each([
      ['only talks', 'talk about it'],
      ['changes nothing in the end', 'change it back'],
      ['tries a path outside', 'climb out'],
    ])('S0-23: `fix` where the model %s ends as `no_changes`', async (_what, body) => {
      const asked = await room.ask('ada', `@conductor fix: ${body}`);
      expectOnlyWords(asked, failed('no_changes'));
      expect(asked.status).toContain('The agent ended without changing any file.');
      expect(asked.status).toContain('Say which file or behaviour should change');
    });

    it('S0-30: a change set that names `.git/config` is blocked by policy', async () => {
      const asked = await room.ask('ada', '@conductor fix: enter the git folder');
      expectOnlyWords(asked, { code: 'policy_block', conclusion: 'refused', comments: 1 });
      expect(asked.status).toMatch(/\*\*path-safety\*\*.*\.git\/config/);
    });

    it.skipIf(hostile.length === 0).each(hostile)(
      'S0-23: a model output that is no change set writes nothing and fails: $id ($why)',
      async ({ id }) => {
        const asked = await room.ask('ada', `@conductor fix: adversarial case ${id}.`);
        expect(asked.run?.conclusion).toBe('failed');
        expectOnlyWords(asked, failed(asked.code ?? 'none'));
        expect(asked.status).toMatch(/⚠️ \S.*\.\n\n\S.*\.\n/);
      },
    );

    it('S0-23: the nine hostile model outputs are there', ({ skip }) => {
      skip(sharedData('adversarial.json') === null, 'skipped: ../shared/data is not beside the checkout');
      expect(hostile).toHaveLength(9);
    });

    it('S0-18: a vendor that fails ends the run as failed, with its words and the way out', async () => {
      const asked = await room.ask('ada', '@conductor fix: fall over');
      expectOnlyWords(asked, failed('model_unavailable'));
      expect(asked.status).toContain('The vendor answered 503.');
      expect(asked.status).toContain('name another model with --model=');
    });

    it('S0-18: a run that uses all its turns fails, and says how many they were', async () => {
      const asked = await room.ask('ada', '@conductor fix: take your time --max_turns=2');
      expectOnlyWords(asked, failed('turn_limit'));
      expect(asked.status).toContain('used all its 2 turns');
      expect(asked.status).toContain('Ask for a smaller step');
    });

    it('S0-18: a budget that the next call could pass stops the run before the call', async () => {
      const asked = await room.ask('ada', '@conductor fix: write a second one, spend up to $0.01');
      expectOnlyWords(asked, { code: 'budget_reached', conclusion: 'stopped', comments: 1 });
      expect(asked.status).toContain(NO_MODEL);
      expect(asked.status).toMatch(
        /could cost \$\d\.\d\d or more; \$0\.00 of the \$0\.01 for this run is spent/,
      );
    });
  });

  it('the same words with a budget that suffices open a pull request', async () => {
    const asked = await room.ask('ada', '@conductor fix: write a second one, spend up to $1');
    expect(asked.code).toBe('pull_request_opened');
    expect(asked.status).toContain('of $1.00');
  });
});
