import { beforeAll, describe, expect, it } from 'vitest';
import { type Check, type Stage, stage } from './stage.ts';
import { CONFIG, says } from './story.ts';

const BROKEN_CONFIG = `agent: { type: mock }
budget:
  per_run_usd: much
chnage_limits:
  max_files: 3
`;
const AGENT = '---\ndescription: Reads.\ntools: [read]\n---\nRead.\n';

describe('a pull request that touches Conductor’s own files (App)', () => {
  let room: Stage;
  beforeAll(async () => {
    room = await stage({
      files: { 'README.md': '# Shop\n', '.github/agents/reader.agent.md': AGENT },
      script: [says('', 'I follow the base branch.')],
    });
  });

  /** Opens a pull request with these files, and gives the check runs on its head. */
  async function propose(branch: string, files: Record<string, string>): Promise<readonly Check[]> {
    const person = room.simulator.as('ada');
    const { sha } = await person.push({ repo: room.repository, branch, files });
    await person.openPull({ repo: room.repository, head: branch, title: branch });
    await room.settled();
    return room.simulator.checkRuns(room.repository, sha);
  }

  const annotations = (check: Check | undefined) =>
    check?.annotations.map(
      ({ path, start_line, annotation_level }) => `${annotation_level} ${path}:${start_line}`,
    );

  it('S2-9: a config that would not be valid fails `conductor/config`, with each mistake at its line', async () => {
    const [check, ...others] = await propose('broken-config', { '.github/conductor.yml': BROKEN_CONFIG });
    expect(others).toEqual([]);
    expect(check).toMatchObject({ name: 'conductor/config', status: 'completed', conclusion: 'failure' });
    expect(annotations(check)?.toSorted()).toEqual([
      'failure .github/conductor.yml:3',
      'failure .github/conductor.yml:4',
    ]);
    expect(check?.output.summary).toContain('did you mean `change_limits`?');
    expect(check?.output.summary).toContain('`.github/conductor.yml:3:16`');
  });

  it('S2-5: a broken agent file fails `conductor/config` with line and fix', async () => {
    const broken = AGENT.replace('description: Reads.', 'description: 7');
    const [check] = await propose('broken-agent', { '.github/agents/reader.agent.md': broken });
    expect(check).toMatchObject({ name: 'conductor/config', conclusion: 'failure' });
    expect(annotations(check)).toEqual(['failure .github/agents/reader.agent.md:2']);
    expect(check?.annotations[0]?.message).toMatch(/`description` must be text\. Correct it/);
  });

  it('S2-5: good ones pass it', async () => {
    const [check, ...others] = await propose('good', {
      '.github/conductor.yml': JSON.stringify({ ...CONFIG, change_limits: { max_files: 3 } }),
      '.github/agents/writer.agent.md': AGENT.replace('[read]', '[read, edit]'),
    });
    expect(others).toEqual([]);
    expect(check).toMatchObject({ name: 'conductor/config', conclusion: 'success' });
    expect(check?.annotations).toEqual([]);
    expect(check?.output.summary).toContain('`.github/agents/writer.agent.md`');
  });

  it('S2-9: a pull request that touches none of them gets no check', async () => {
    expect(await propose('elsewhere', { 'README.md': '# The shop\n' })).toEqual([]);
  });

  it('S2-9: a commit that corrects the file gets a check of its own, that passes', async () => {
    await propose('corrected', { '.github/conductor.yml': BROKEN_CONFIG });
    const { sha } = await room.simulator.as('ada').push({
      repo: room.repository,
      branch: 'corrected',
      files: { '.github/conductor.yml': 'trigger: conductor\n' },
    });
    await room.settled();
    const checks = await room.simulator.checkRuns(room.repository, sha);
    expect(checks.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'conductor/config success',
    ]);
  });

  it('S2-9: what a pull request proposes is not followed before it is merged', async () => {
    const numbers = room.simulator.issues(room.repository).filter(({ title }) => title === 'broken-config');
    const asked = await room.ask('ada', '@conductor ask what do you follow?', numbers[0]?.number);
    expect(asked.code).toBe('answered');
    expect(asked.status).toContain('I follow the base branch.');
  });
});

it('S1-6: a repository answers to a new word at once, when it is pushed to the default branch', async () => {
  const room = await stage({ script: [says('', 'Hello.')] });
  expect((await room.ask('ada', '@conductor hello')).run).not.toBeNull();
  const config = JSON.stringify({ ...CONFIG, trigger: 'maestro' });
  await room.simulator
    .as('ada')
    .push({ repo: room.repository, branch: 'main', files: { '.github/conductor.yml': config } });
  await room.settled();
  expect((await room.ask('ada', '@conductor hello')).run).toBeNull();
  expect((await room.ask('ada', '@maestro hello')).run).not.toBeNull();
});
