import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

const STORY = {
  files: {
    'README.md': '# Shop\n',
    'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n',
    'test/total.test.js': '// the total of 17.40 is 17.40\n',
  },
  config: { policy: { protected_paths: ['src/**'] } },
  script: [
    edits(
      'correct the rounding',
      'Rounds to the nearest cent, see #7 and @visitor.',
      use('search_code', { text: 'Math.floor' }),
      use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
      use('rename_file', { path: 'test/total.test.js', to: 'test/round.test.js' }),
    ),
    edits(
      'publish from everywhere',
      'Publishes.',
      use('write_file', { path: '.github/workflows/release.yml', content: 'on: push\n' }),
    ),
    says('You are reviewer', 'It is safe, up to 2^53.'),
  ],
};

const ASKS = {
  fix: '@conductor fix: correct the rounding',
  blocked: '@conductor fix: publish from everywhere',
  answered: '@conductor reviewer: is it safe?',
};
type Told = Readonly<Record<keyof typeof ASKS, Asked>>;

async function tell(form: 'app' | 'action'): Promise<{ room: Stage; told: Told }> {
  const room = await stage(STORY, {
    form,
    webUrl: 'https://github.example',
    now: () => new Date('2031-05-05T12:00:00Z'),
  });
  const issue = await room.openIssue('The total is wrong');
  const told = {
    fix: await room.ask('ada', ASKS.fix, issue),
    blocked: await room.ask('ada', ASKS.blocked, issue),
    answered: await room.ask('ada', ASKS.answered, issue),
  };
  return { room, told };
}

describe('App and Action, told the same story', () => {
  let app: { room: Stage; told: Told };
  let action: { room: Stage; told: Told };

  beforeAll(async () => {
    [app, action] = await Promise.all([tell('app'), tell('action')]);
  });

  it('C20: App and Action give the same change set, verdict and check-run content on the same fixture', () => {
    expect(changeOf(app.room, app.told.fix)).toEqual(changeOf(action.room, action.told.fix));
    expect(checksOf(app.told.fix)).toHaveLength(2);
    expect(checksOf(app.told.fix)).toEqual(checksOf(action.told.fix));
    expect(app.told.fix.checks[0]?.output.summary).toContain('protected-paths');
  });

  it('C20: App and Action open the same pull request', () => {
    const [ours, theirs] = [app.told.fix.pull, action.told.fix.pull].map((pull) => ({
      number: pull?.number,
      title: pull?.title,
      body: pull?.body,
      draft: pull?.draft,
      head: pull?.head.ref,
      base: pull?.base.ref,
    }));
    expect(ours?.body).toContain('Rounds to the nearest cent');
    expect(ours).toEqual(theirs);
  });

  it.each(['fix', 'blocked', 'answered'] as const)(
    'C20: App and Action end `%s` alike, and say the same about it',
    (act) => {
      expect(app.told[act].run?.run).toMatch(/^r[0-9a-f]{12}$/);
      expect(app.told[act].run).toEqual(action.told[act].run);
      expect(app.told[act].code).toBe(
        { fix: 'pull_request_opened', blocked: 'policy_block', answered: 'answered' }[act],
      );
      expect(withoutTime(app.told[act].comments)).toEqual(withoutTime(action.told[act].comments));
      expect(app.told[act].branches).toEqual(action.told[act].branches);
      expect(app.told[act].reactions).toEqual(['eyes conductor[bot]']);
      expect(action.told[act].reactions).toEqual(['eyes github-actions[bot]']);
    },
  );
});

function changeOf(room: Stage, { run, pull }: Asked) {
  const head = pull?.head.sha ?? '';
  return {
    run,
    tree: room.git('log', '-1', '--format=%T', head),
    parents: room.git('log', '-1', '--format=%P', head),
    message: room.git('log', '-1', '--format=%B', head),
    files: room.git('diff', '-M', '--name-status', 'main', head),
  };
}

function checksOf({ checks }: Asked) {
  return checks.map(({ name, conclusion, external_id, output: { title, summary, text }, annotations }) => ({
    name,
    conclusion,
    external_id,
    output: { title, summary: withoutChance(summary ?? ''), text },
    annotations,
  }));
}

/** The rehearsed App keeps no database, and so no ledger. */
const withoutTime = (comments: readonly string[]) =>
  comments.map((comment) =>
    comment.replace(/ · (\d+ min )?\d+ s · /, ' · TIME · ').replace(/ · ledger `\d+:[0-9a-f]+`/, ''),
  );

/** A prompt holds a line that nobody can guess, other ones each time; so does its digest. */
const withoutChance = (summary: string) =>
  summary
    .replace(/^\| ledger .*\n/m, '')
    .replace(/[\d.]+ s/g, 'TIME')
    .replace(/`sha256:[0-9a-f]+` \|$/, 'PROMPT |');
