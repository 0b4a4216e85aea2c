import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { issueCommentPayload } from '../handlers/build.ts';
import { runCommand } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'explain-'));
afterAll(() => rmSync(folder, { recursive: true }));
const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
afterEach(() => errors.mockClear());

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const payload = (changes = {}) => written('payload.json', JSON.stringify(issueCommentPayload(changes)));
const run = (file: string, ...args: string[]) =>
  runCommand(explain(), '--event', 'issue_comment', '--payload', file, ...args);

describe('S2-23: conductor explain', () => {
  it('prints the command of a mention, and exits 0', async () => {
    const { printed, exitCode } = await run(
      payload({ body: '@conductor reviewer: is this safe? --model=gpt' }),
      '--json',
    );
    expect(JSON.parse(printed)).toEqual({
      triggered: true,
      reason: 'mention',
      command: { verb: null, agents: ['reviewer'], text: 'is this safe?', options: { model: 'gpt' } },
    });
    expect(exitCode).toBe(0);
  });

  it.each([
    [{ body: 'nice' }, 'no_mention'],
    [{ action: 'edited' }, 'edited'],
    [{ user: { type: 'Bot', id: 8 } }, 'bot_author'],
  ])('%j: nothing, %s, and exits 1', async (changes, reason) => {
    const { printed, exitCode } = await run(payload(changes), '--json');
    expect(JSON.parse(printed)).toEqual({ triggered: false, reason, command: null });
    expect(exitCode).toBe(1);
  });

  it('reads by the config that it is given', async () => {
    const config = written('conductor.yml', 'trigger: bob\nsecurity: { allowed_bots: [8] }\n');
    const bot = payload({ body: '@bob help', user: { type: 'Bot', id: 8 } });
    expect((await run(bot, '--config', config)).exitCode).toBe(0);
    expect((await run(bot)).exitCode).toBe(1);
  });

  it('tells people in words', async () => {
    const { printed } = await run(payload({ body: '@conductor fix the total' }));
    expect(printed).toContain('verb     fix');
    expect(printed).toContain('text     the total');
    expect((await run(payload({ body: 'nice' }))).printed).toBe('Nothing: no_mention');
  });

  it.each([
    ['a missing payload', () => [join(folder, 'none.json')], 'unreadable_file'],
    ['a payload that is no JSON', () => [written('bad.json', '{')], 'payload_invalid'],
    ['an invalid config', () => [payload(), '--config', written('bad.yml', 'polcy: {}')], 'config_invalid'],
    ['a missing config', () => [payload(), '--config', join(folder, 'none.yml')], 'unreadable_file'],
  ])('%s cannot be answered: exits 2 with one message', async (_, args, code) => {
    const [file = '', ...rest] = args();
    const { printed, exitCode } = await run(file, ...rest, '--json');
    expect(JSON.parse(printed)).toEqual({
      error: { code, message: expect.any(String), hint: expect.any(String) },
    });
    expect(exitCode).toBe(2);
    expect(errors).toHaveBeenCalledTimes(1);
  });

  it('an event that is not ours is nothing, whatever its payload', async () => {
    const ran = await runCommand(
      explain(),
      '--event',
      'star',
      '--payload',
      written('null.json', 'null'),
      '--json',
    );
    expect(JSON.parse(ran.printed)).toEqual({ triggered: false, reason: 'unsupported_event', command: null });
  });
});
