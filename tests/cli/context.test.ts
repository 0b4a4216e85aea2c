import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { context } from '../../src/cli/context.ts';
import { issueCommentPayload } from '../handlers/build.ts';
import { type Arranged, arrange, REPO } from '../simulator/arrange.ts';
import { SHOP } from '../threads/material.ts';
import { checkout, directory } from './git-repository.ts';
import { runCommand } from './run-command.ts';

const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
afterEach(() => errors.mockClear());

interface Printed {
  readonly tokens: number;
  readonly most: number;
  readonly parts: readonly { readonly name: string; readonly tokens: number; readonly text: string }[];
  readonly files: readonly { readonly path: string }[];
  readonly likely: readonly string[];
}

async function printed(args: readonly string[], variables: Record<string, string> = {}): Promise<Printed> {
  const { printed: text, exitCode } = await runCommand(context(variables), ...args, '--json');
  expect(exitCode, errors.mock.calls.join()).toBe(0);
  return JSON.parse(text);
}

const textOf = ({ parts }: Printed, name: string) => parts.find((part) => part.name === name)?.text ?? '';

describe('conductor context, offline', () => {
  it('S0-20: prints the pack of a request on a checkout, its tokens part by part, and what was cut', async () => {
    const { root } = await checkout({ ...SHOP, 'AGENTS.md': 'Use tabs.\n' });
    const args = ['--dir', root, '--request', 'fix `roundCents`'];
    const json = await printed(args);
    expect(json.likely[0]).toBe('src/money/round.ts');
    expect(json.tokens).toBe(json.parts.reduce((sum, { tokens }) => sum + tokens, 0));
    expect(json.tokens).toBeLessThanOrEqual(json.most);

    const words = (await runCommand(context({}), ...args)).printed;
    for (const { text, name, tokens } of json.parts) {
      expect(words).toContain(text);
      expect(words).toMatch(new RegExp(`^${name} +${tokens}\\b`, 'm'));
    }
    expect(words).toMatch(new RegExp(`^all +${json.tokens}  of at most 12000 tokens`, 'm'));
  });

  it('reads the command of an event’s payload, on a plain folder as well', async () => {
    const root = await directory(SHOP);
    const file = join(root, 'event.json');
    writeFileSync(file, JSON.stringify(issueCommentPayload({ body: '@conductor fix src/mail/send.ts' })));
    const json = await printed(['--dir', root, '--event', file]);
    expect(json.likely[0]).toBe('src/mail/send.ts');
    expect(textOf(json, 'request')).toContain('asks you to fix:');
  });

  it.each([
    [[], 'nothing_asked'],
    [['--dir', '.'], 'nothing_asked'],
    [['--dir', '.', '--request', 'x', '--event', 'y'], 'nothing_asked'],
    [['--dir', '/nowhere', '--request', 'x'], 'no_such_directory'],
    [['--dir', '.', '--event', '/nowhere'], 'unreadable_file'],
    [['nonsense'], 'thread_invalid'],
  ])('%j exits 2 and says %s', async (args, code) => {
    const { printed: text, exitCode } = await runCommand(context({}), ...args, '--json');
    expect(JSON.parse(text).error.code).toBe(code);
    expect(exitCode).toBe(2);
    expect(errors).toHaveBeenCalled();
  });
});

describe('conductor context #12', () => {
  let at: Arranged;
  let variables: Record<string, string>;
  const folder = mkdtempSync(join(tmpdir(), 'context-'));
  beforeAll(async () => {
    at = await arrange();
    const { token } = (await at.app.auth({ type: 'installation' })) as { token: string };
    variables = { GITHUB_TOKEN: token, GITHUB_REPOSITORY: REPO, GITHUB_API_URL: at.github.url };
  });
  afterAll(async () => {
    await at.github.close();
    rmSync(folder, { recursive: true });
  });

  it('reads an issue of GitHub with its newest command, writes nothing, and leaves nothing behind', async () => {
    const alice = at.github.as('alice');
    const { number } = await alice.openIssue({ repo: REPO, title: 'Prices', body: 'The third is wrong.' });
    await alice.comment({ repo: REPO, number, body: 'I saw it, too.' });
    await alice.comment({ repo: REPO, number, body: '@conductor fix src/price.ts' });
    await alice.comment({ repo: REPO, number, body: 'Said later.' });
    const before = at.github.calls.length;
    const mirrors = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('conductor-context-')).length;
    const kept = mirrors();

    const json = await printed([`#${number}`], variables);
    expect(json.likely[0]).toBe('src/price.ts');
    expect(textOf(json, 'thread')).toMatch(/Prices[\s\S]*The third is wrong\.[\s\S]*I saw it, too\./);
    expect(textOf(json, 'thread')).not.toContain('Said later.');
    expect(textOf(json, 'request')).toContain('alice asks you to fix:');
    const calls = at.github.calls.slice(before);
    expect(calls.map(({ kind }) => kind)).toEqual(calls.map(() => 'read'));
    expect(calls).toHaveLength(3);
    expect(mirrors()).toBe(kept);

    const asked = await printed([`${number}`, '--request', 'look at docs/guide.md'], variables);
    expect(asked.likely[0]).toBe('docs/guide.md');
    expect(textOf(asked, 'thread')).toContain('Said later.');
  });

  it('tells the style that the base branch’s config asks for', async () => {
    const bob = at.github.as('bob');
    const config = 'style: [Name things in full.]\n';
    await bob.push({ repo: REPO, branch: 'main', files: { '.github/conductor.yml': config } });
    const { number } = await bob.openIssue({ repo: REPO, title: 'Names', body: '@conductor fix the names' });
    expect(textOf(await printed([`#${number}`], variables), 'guidance')).toContain('- Name things in full.');
  });

  it('reads what a pull request changes from git, against the commit at which it left', async () => {
    const bob = at.github.as('bob');
    await bob.push({
      repo: REPO,
      branch: 'topic',
      files: { 'src/price.ts': 'one\ntwo\n3\nfour\nfive\nsix\nseven\n' },
      message: 'Three',
    });
    await at.github
      .as('alice')
      .push({ repo: REPO, branch: 'main', files: { 'docs/guide.md': 'Read.\n' }, message: 'Docs' });
    const { number } = await bob.openPull({
      repo: REPO,
      head: 'topic',
      base: 'main',
      title: 'Three',
      body: '',
    });
    const json = await printed([`#${number}`, '--request', 'is this right?'], variables);
    expect(textOf(json, 'changes')).toContain('-three\n+3\n');
    expect(textOf(json, 'changes')).not.toContain('guide.md');
    expect(json.likely).toContain('src/price.ts');
  });

  it('says what is wrong when the thread is not there, and when a setting is missing', async () => {
    const { printed: text, exitCode } = await runCommand(context(variables), '#99', '--json');
    expect(JSON.parse(text).error.code).toBe('github_not_found');
    expect(exitCode).toBe(2);
    await expect(runCommand(context({}), '#1')).rejects.toThrow('GITHUB_TOKEN is missing.');
  });
});
