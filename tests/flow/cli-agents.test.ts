import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, stage } from './stage.ts';

/** A program that edits a file, as a coding CLI does, and says that it did more. */
const PROGRAM = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const request = readFileSync(process.env.CONDUCTOR_REQUEST_FILE, 'utf8');
  if (request.includes('stay idle')) process.exit(0);
  const path = request.includes('the pipeline') ? '.github/workflows/ci.yml' : 'src/total.js';
  writeFileSync(path, readFileSync(path, 'utf8').replace('floor', 'round'));
  console.log('I pushed it to main and merged it.');
`;
const agent = (runner: string) => `---
description: Does the work with a program of its own.
metadata:
  conductor.title: Robot
  ${runner}
---
Edit the files.
`;
const COMMAND = `conductor.runner: command\n  conductor.command: ${JSON.stringify([process.execPath, '-e', PROGRAM])}`;

/** S4-3: a CLI's change goes the same way as a model's. */
describe.each(['app', 'action'] as const)('%s: a coding CLI', (form) => {
  let room: Stage;
  beforeAll(async () => {
    process.env.CLI_AGENTS = 'command';
    if (process.getuid?.() !== 0) process.env.CLI_USER = 'same';
    room = await stage(
      {
        files: {
          'src/total.js': 'export const total = (lines) => Math.floor(sum(lines) * 100) / 100;\n',
          '.github/workflows/ci.yml': 'on: push\n# floor\n',
          '.github/agents/robot.agent.md': agent(COMMAND),
          '.github/agents/absent.agent.md': agent('conductor.runner: gemini'),
        },
      },
      { form },
    );
  }, 30_000);
  afterAll(() => {
    delete process.env.CLI_AGENTS;
    delete process.env.CLI_USER;
  });

  it('S4-3: what it changed in its copy becomes a pull request, whatever it says', async () => {
    const asked = await room.ask('ada', '@conductor fix --agent=robot the rounding');
    expect(asked.code).toBe('pull_request_opened');
    expect(asked.status).toContain('**robot** · Robot · `command` · ');
    expect(asked.pull?.body).toContain('robot is a coding CLI (`command`) and may have run commands');
    expect(room.git('show', `${asked.run?.branch}:src/total.js`)).toContain('Math.round');
    expect(room.git('log', '-1', '--format=%s', 'main')).not.toContain('Round');
  });

  it('S0-30: policy judges it like any other change', async () => {
    const asked = await room.ask('ada', '@conductor fix --agent=robot the pipeline');
    expect(asked.code).toBe('policy_block');
    expect(asked.branches).toEqual([]);
  });

  it('no change is no success, and a program that is not there is named', async () => {
    expect((await room.ask('ada', '@conductor fix --agent=robot and stay idle')).code).toBe('no_changes');
    const absent = await room.ask('ada', '@conductor fix --agent=absent the rounding');
    expect(absent.code).toBe('cli_not_allowed');
  });
});
