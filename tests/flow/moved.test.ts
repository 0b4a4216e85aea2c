import { beforeAll, describe, expect, it } from 'vitest';
import { movedMark } from '../../src/runs/head-marks.ts';
import { type Restartable, restartable } from './restartable.ts';
import { type Pull, type Stage, stage } from './stage.ts';
import { CONFIG, edits, use } from './story.ts';

/** A function with room around it, so that others can change what stands above and below. */
const total = (body = 'Math.floor(sum * 100) / 100') =>
  `// The total\n// of an invoice:\n// in cents.\nconst total = (sum) => ${body};\n\n// That was\n// the total.\n`;
const ROUND = 'Math.round(sum * 100) / 100';
const TAX = '// Tax\n// rules:\nconst tax = (sum) => sum * 0.2;\n// in euro\n';
/** Longer than the function, so that git takes the function for what was moved. */
const RATES = `${Array.from({ length: 12 }, (_, index) => `const rate${index} = ${index};`).join('\n')}\n`;

const SCRIPT = [
  edits(
    'correct the rounding',
    'Rounds.',
    use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
  ),
  edits(
    'comment the tax',
    'A comment.',
    use('edit_file', { path: 'src/total.js', old: '// in euro', new: '// in cents' }),
  ),
];
const FILES = { 'src/total.js': `${TAX}${total()}${RATES}` };

const textOf = (room: Stage, ref: string) => `${room.git('show', `${ref}:src/total.js`)}\n`;
const pushTo = (room: Stage, branch: string, text: string) =>
  room.simulator
    .as('ada')
    .push({ repo: room.repository, branch, files: { 'src/total.js': text }, message: 'By a person' });

/** A pull request of Conductor's own, with one commit. */
async function openedBy(room: Stage): Promise<Pull> {
  const { pull } = await room.ask('ada', '@conductor fix: correct the rounding');
  if (!pull) throw new Error('No pull request was opened.');
  return pull;
}

describe('the base of an open pull request moves (App)', () => {
  let room: Restartable;
  let pull: Pull;
  /** The file of `main` after the function was moved down. */
  const moved = `${TAX}${RATES}${total()}`;

  beforeAll(async () => {
    room = await restartable({ files: FILES, script: SCRIPT });
    pull = await openedBy(room);
  });

  const onMain = (files: Readonly<Record<string, string>>) =>
    room.during(pull.number, async () => {
      await room.simulator.as('ada').push({ repo: room.repository, branch: 'main', files });
      return undefined;
    });

  it('a base that moves and still merges costs one request, and starts nothing', async () => {
    const other = await onMain({ 'b.js': '1;\n' });
    expect([other.run, other.comments, other.changing]).toEqual([null, [], []]);
    expect(other.calls.map(({ route }) => route)).toEqual(['POST /graphql']);
  });

  it('the change follows a block that was moved, and a person’s commit stays: one commit, two parents', async () => {
    const branch = pull.head.ref;
    const files = { 'notes.md': 'Mine.\n' };
    const mine = await room.simulator.as('ada').push({ repo: room.repository, branch, files });
    // The write that follows the person’s is done and its answer lost: the step is repeated, and finds its own commit.
    const lost = room.simulator.faults.add({ route: /^PATCH .*git\/refs/, nth: 2, kind: 'drop-after' });
    const followed = await onMain({ 'src/total.js': moved });
    expect(lost.hits).toBe(1);
    expect(followed.code).toBe('commit_pushed');
    expect(followed.status).toContain('`main` had moved, and this pull request did not merge any more');
    expect(followed.status).not.toContain('@');
    expect(textOf(room, branch)).toBe(moved.replace('Math.floor', 'Math.round'));
    expect(room.git('show', `${branch}:notes.md`)).toBe('Mine.');
    expect(room.git('rev-parse', `${branch}^1`, `${branch}^2`, `${branch}^1~1`).split('\n')).toEqual([
      mine.sha,
      room.git('rev-parse', 'main'),
      pull.head.sha,
    ]);
    expect(room.git('log', '-1', '--format=%B', branch)).toContain('Conductor-Cause: base_moved');
    const path = `/repos/${room.repository}/pulls/${pull.number}`;
    expect(await room.simulator.as('ada').request('GET', path)).toMatchObject({ mergeable: true });
    const head = room.git('rev-parse', branch);
    const checks = followed.checks.filter(({ head_sha }) => head_sha === head);
    expect(checks.map(({ name }) => name)).toEqual(['conductor/policy', 'conductor/audit']);
    expect(checks[1]?.output.summary).toContain('nobody: the base branch moved');
    expect(followed.calls.filter(({ route }) => route.includes('reactions'))).toEqual([]);
  });

  it('policy judges what comes along like any other change', async () => {
    const files = { '.github/workflows/x.yml': 'on: push\n' };
    await room.simulator.as('ada').push({ repo: room.repository, branch: pull.head.ref, files });
    const followed = await onMain({ 'src/total.js': `${total()}${RATES}${TAX}` });
    expect([followed.code, followed.changing]).toEqual(['policy_block', []]);
  });

  it('lines that were changed on both sides are told with what stands there, and nothing is written', async () => {
    const before = room.git('rev-parse', pull.head.ref);
    // Whoever writes Conductor's own mark does not silence it.
    const body = `Told. ${movedMark(before, 'conflict')}`;
    await room.simulator.as('visitor').comment({ repo: room.repository, number: pull.number, body });
    const conflict = await onMain({ 'src/total.js': `${TAX}${RATES}${total('sum')}` });
    expect(conflict.code).toBe('conflict');
    expect(conflict.status).toContain('`src/total.js:20` There stands now: `const total = (sum) => sum;` …');
    expect([conflict.changing, conflict.notices]).toEqual([[], []]);
    expect(room.git('rev-parse', pull.head.ref)).toBe(before);
  });

  it('and told once, however often the base moves after that', async () => {
    const again = await onMain({ 'c.js': '1;\n' });
    expect(again.run).toMatchObject({ conclusion: 'failed' });
    expect([again.comments, again.changing]).toEqual([[], []]);
  });

  it('the same push told twice is told once in the thread', async () => {
    const push = room.simulator.deliveries.findLast(
      ({ event, payload }) => event === 'push' && payload.ref === 'refs/heads/main',
    );
    const runs = room.runs().length;
    const again = await room.during(pull.number, async () => {
      await room.redeliver(push!);
      return undefined;
    });
    expect(again.calls.map(({ route }) => route)).toContain('POST /graphql');
    expect([room.runs().length, again.comments]).toEqual([runs, []]);
  });

  it('whoever asks for something else in the pull request is told of the conflict', async () => {
    // All that the pull request holds is judged, what a person put there included.
    expect((await room.ask('ada', '@conductor fix: comment the tax', pull.number)).code).toBe('policy_block');
    const files = { '.github/workflows/x.yml': null };
    await room.simulator.as('ada').push({ repo: room.repository, branch: pull.head.ref, files });
    const asked = await room.ask('ada', '@conductor fix: comment the tax', pull.number);
    expect(asked.code).toBe('commit_pushed');
    expect(asked.status).toContain('This pull request conflicts with `main`.');
  });

  it('follow_up.base_moved: false leaves pull requests alone', async () => {
    const followed = await onMain({
      '.github/conductor.yml': JSON.stringify({ ...CONFIG, follow_up: { base_moved: false } }),
    });
    expect(followed.run).toMatchObject({ conclusion: 'done', branch: null });
    expect([followed.comments, followed.changing]).toEqual([[], []]);
  });
});

describe('somebody pushes to the branch while a run is under way (App)', () => {
  const COMMITS = 'POST /repos/{owner}/{repo}/git/commits';

  let room: Stage;
  let pull: Pull;
  /** What happens just before a commit is made: over REST, and in a document. */
  let race: () => Promise<void> = async () => undefined;
  let raceOnHead = race;

  beforeAll(async () => {
    // No drafts: of a draft, GitHub does not tell that it is behind.
    const config = { policy: { auto: { enabled: true, paths: ['**'] } } };
    const people = { ada: 'write', owen: 'admin' } as const;
    room = await stage({ files: FILES, script: SCRIPT, config, people });
    room.simulator.faults.before(COMMITS, () => race(), Number.POSITIVE_INFINITY);
    room.simulator.faults.before('operation Commit', () => raceOnHead(), Number.POSITIVE_INFINITY);
    pull = await openedBy(room);
  });

  it('a pull request that must be up to date to be merged is brought up to date', async () => {
    const strict = { strict: true, contexts: [] };
    const rules = { required_status_checks: strict, enforce_admins: false, restrictions: null };
    const path = `/repos/${room.repository}/branches/main/protection`;
    const owner = room.simulator.as('owen');
    await owner.request('PUT', path, { ...rules, required_pull_request_reviews: null });
    const followed = await room.during(pull.number, async () => {
      await owner.push({ repo: room.repository, branch: 'main', files: { 'b.js': '1;\n' } });
      return undefined;
    });
    await owner.request('DELETE', path);
    expect(followed.code).toBe('commit_pushed');
    expect(room.git('rev-parse', `${pull.head.ref}^2`)).toBe(room.git('rev-parse', 'main'));
  });

  /** Asks for a change, and lets ada push to the branch just before the change is committed. */
  async function raced(pushed: string, times = 1) {
    await pushTo(room, pull.head.ref, `${TAX}${total(ROUND)}${RATES}`);
    let left = times;
    raceOnHead = async () => {
      if (left === 0) return;
      left -= 1;
      await pushTo(room, pull.head.ref, `${pushed}${RATES}// ${left}\n`);
    };
    const asked = await room.ask('ada', '@conductor fix: comment the tax', pull.number);
    raceOnHead = async () => undefined;
    return asked;
  }

  it('the change is made again on top of the person’s commit, and judged again', async () => {
    const asked = await raced(`// new\n${TAX}${total(ROUND)}`);
    expect(asked.code).toBe('commit_pushed');
    expect(textOf(room, pull.head.ref)).toBe(
      `// new\n${TAX.replace('euro', 'cents')}${total(ROUND)}${RATES}// 0\n`,
    );
    expect(room.git('log', '--format=%s', '-2', pull.head.ref).split('\n').at(-1)).toBe('By a person');
    expect(asked.checks.map(({ head_sha }) => head_sha)).toContain(room.git('rev-parse', pull.head.ref));
  });

  it('a change that does not fit on top of it is told, and the person’s commit stays', async () => {
    const asked = await raced(`// new\n${TAX.replace('euro', 'dollar')}${total(ROUND)}`);
    expect(asked.code).toBe('conflict');
    expect(asked.status).toContain('There stands now: `// in dollar` …');
    expect(room.git('log', '-1', '--format=%s', pull.head.ref)).toBe('By a person');
  });

  it('whoever pushes faster than Conductor is left to it after three tries', async () => {
    const asked = await raced(`// new\n${TAX}${total(ROUND)}`, 9);
    expect(asked.code).toBe('head_moved');
    const subjects = room.git('log', '-4', '--format=%s', pull.head.ref);
    expect(subjects.split('\n')).toEqual(Array(4).fill('By a person'));
  });

  it('a base that moves takes along what a person pushes at that very moment', async () => {
    await pushTo(room, pull.head.ref, `${TAX}${total(ROUND)}${RATES}`);
    race = async () => {
      race = async () => undefined;
      await pushTo(room, pull.head.ref, `${TAX}${total(ROUND)}${RATES.replace('= 5', '= 50')}`);
    };
    // The person's own push of the base is the first commit that is made.
    const [toPush, moved] = [race, `${TAX}${RATES}${total()}`];
    race = async () => {
      race = toPush;
    };
    const followed = await room.during(pull.number, async () => {
      await pushTo(room, 'main', moved);
      return undefined;
    });
    expect(followed.code).toBe('commit_pushed');
    expect(textOf(room, pull.head.ref)).toBe(moved.replace('floor', 'round').replace('= 5', '= 50'));
    expect(room.git('log', '-1', '--format=%s', `${pull.head.ref}^1`)).toBe('By a person');
  });
});
