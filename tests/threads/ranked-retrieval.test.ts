import { describe, expect, it } from 'vitest';
import { cluesIn } from '../../src/threads/ranking/clues.ts';
import { rankFiles } from '../../src/threads/ranking/rank-files.ts';
import { ownSource } from './own-source.ts';

/** What people write, and the file that it is about. */
const QUESTIONS: readonly (readonly [kind: string, text: string, file: string])[] = [
  [
    'trace',
    'It crashed:\n```\nTypeError: Cannot read properties of undefined\n    at endOfMatch (/srv/app/src/github/git-grep.ts:71:22)\n    at Socket.<anonymous> (/srv/app/src/github/git-grep.ts:44:50)\n    at node:internal/streams:12:1\n```',
    'src/github/git-grep.ts',
  ],
  [
    'trace',
    'Error: boom\n   at settle (file:///C:/work/conductor/src/storage/spending.ts:51:9)\n   at run (file:///C:/work/conductor/src/runs/meter.ts:30:3)',
    'src/storage/spending.ts',
  ],
  ['trace', 'vite: src/messages/figures.ts:12:3 - error TS2322: not assignable', 'src/messages/figures.ts'],
  ['quoted', 'The doctor says "is missing or not a PEM key." although it is one', 'src/hosts/environment.ts'],
  [
    'quoted',
    'Where does “The conversation” come from? I get `, which a change set does not change or write through.`',
    'src/changes/draft-tree.ts',
  ],
  [
    'printed',
    'Error: The run used all: "The agent used all its 40 turns without finishing."',
    'src/agents/run-agent.ts',
  ],
  ['printed', 'fatal: src/a.bin has 2097152 bytes or more; the limit is 1048576.', 'src/changes/text.ts'],
  ['name', 'please rename harmlessLogLine', 'src/messages/way-out.ts'],
  ['name', 'does `inputBound` count cached tokens?', 'src/runs/input-bound.ts'],
  ['name', 'parse_command should trim; I mean parseCommand()', 'src/commands/parse-command.ts'],
  ['path', 'typo in rules/path-collisions.ts', 'src/policy/rules/path-collisions.ts'],
  ['path', 'see anthropic-messages.ts, the usage is wrong', 'src/agents/models/anthropic-messages.ts'],
  [
    'link',
    'https://github.com/acme/conductor/blob/3f2a1b0/src/policy/globs.ts#L20-L31 is slow',
    'src/policy/globs.ts',
  ],
  ['prose', 'the status comment shows the wrong elapsed time', 'src/messages/status-comment.ts'],
  ['prose', 'protected paths rule should say which owner is asked', 'src/policy/rules/protected-paths.ts'],
  ['prose', 'the embedded database is locked after a crash', 'src/storage/embedded-database.ts'],
  ['prose', 'rate limit of the simulator does not reset', 'src/simulator/rate-limit.ts'],
  ['prose', 'webhook signature with a wrong secret is let through by the intake', 'src/hosts/intake.ts'],
  ['prose', 'add a way to parse front matter with tabs', 'src/agents/front-matter.ts'],
  ['prose', 'installation tokens are fetched again for each request', 'src/hosts/installation-tokens.ts'],
];

const SURE = ['trace', 'quoted', 'printed', 'name', 'path', 'link'];

describe('files found for a request, in this project’s own source', () => {
  it('S0-20: a trace, a text that was quoted or printed, a name, a path and a link lead to their file first; words to one of five', async ({
    annotate,
  }) => {
    const workspace = ownSource();
    const places: { kind: string; text: string; place: number }[] = [];
    for (const [kind, text, file] of QUESTIONS) {
      const ranked = await rankFiles(workspace, cluesIn([{ text, weight: 1 }]), []);
      places.push({
        kind,
        text: text.slice(0, 60),
        place: 1 + ranked.findIndex(({ path }) => path === file),
      });
    }
    const hits = (most: number) => places.filter(({ place }) => place > 0 && place <= most).length;
    await annotate(`hit@1 ${hits(1)} of ${places.length}, hit@5 ${hits(5)} of ${places.length}`);
    expect(places.filter(({ kind, place }) => SURE.includes(kind) && place !== 1)).toEqual([]);
    // The source that is searched moves on: one of the questions in words may slip.
    expect(hits(5)).toBeGreaterThanOrEqual(places.length - 1);
  });
});
