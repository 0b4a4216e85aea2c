import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SettingError, serverSettings, type Variables } from '../../src/hosts/environment.ts';
import { git } from '../cli/git-repository.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'conductor-start-'));
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const GOOD = {
  APP_ID: '4242',
  PRIVATE_KEY: privateKey,
  WEBHOOK_SECRET: '0123456789abcdef0123456789abcdef',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'fatal',
  DATA_DIR: folder,
};

/** Runs the command line in a process of its own, with this environment and nothing else. */
function conductor(
  args: readonly string[],
  env: Variables = {},
  nodeArgs: readonly string[] = [],
): Promise<{ exitCode: number | null; said: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, join(ROOT, 'bin/conductor.js'), ...args], {
      env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => done({ exitCode, said: said.trim() }));
  });
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a start that cannot be', () => {
  let taken: Server;

  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  });
  afterAll(() => void taken.close());

  it.concurrent('S0-18: `serve` on a taken port says so in a sentence and exits with 2', async () => {
    const port = String((taken.address() as AddressInfo).port);
    const { exitCode, said } = await conductor(['serve'], { ...GOOD, PORT: port });
    expect(said).toBe(`Port ${port} is taken. Stop what listens there, or set PORT to another number.`);
    expect(exitCode).toBe(2);
  });

  it.concurrent('S2-29: `serve` with Probot’s default secret refuses to start, in one line, and does not repeat it', async () => {
    const { exitCode, said } = await conductor(['serve'], { ...GOOD, WEBHOOK_SECRET: 'development' });
    expect(said).toMatch(/^WEBHOOK_SECRET is too weak: .*openssl rand -hex 32.*$/);
    expect(said).not.toContain('development');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['no webhook secret', { WEBHOOK_SECRET: undefined }, 'WEBHOOK_SECRET is missing: without a good one'],
    ['a short webhook secret', { WEBHOOK_SECRET: 'hunter2' }, 'WEBHOOK_SECRET is too weak'],
    ['no App id', { APP_ID: '' }, 'APP_ID is missing or not a number.'],
    ['an App id that is a name', { APP_ID: 'conductor' }, 'APP_ID is missing or not a number.'],
    [
      'no private key',
      { PRIVATE_KEY: undefined },
      'PRIVATE_KEY (or the file in PRIVATE_KEY_PATH) is missing',
    ],
    [
      'a private key that is none',
      { PRIVATE_KEY: 'secret' },
      'PRIVATE_KEY (or the file in PRIVATE_KEY_PATH)',
    ],
    ['a port that is none', { PORT: 'http' }, 'PORT is not a port number.'],
  ])('S2-29: %s is a setting that the App does not start with', (_what, wrong, sentence) => {
    const read = () => serverSettings({ ...GOOD, ...wrong }, () => '');
    expect(read).toThrow(SettingError);
    expect(read).toThrow(sentence);
  });

  it.concurrent('S2-29: a PRIVATE_KEY_PATH that names no file is told by name', async () => {
    const env = { ...GOOD, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: join(folder, 'no-such.pem') };
    const { exitCode, said } = await conductor(['serve'], env);
    expect(said).toContain('no-such.pem');
    expect(said.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  it.concurrent('S0-18: a Node that is too old is told which one is needed', async () => {
    const old =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } })';
    const { exitCode, said } = await conductor(['--help'], {}, ['--import', `data:text/javascript,${old}`]);
    expect(said).toMatch(/^Conductor needs Node 22 or newer; this is 20\.11\.1\. .*npm ci.*$/);
    expect(exitCode).toBe(2);
  });
});

describe('a machine without git', () => {
  const bin = join(folder, 'bin');
  const changeSet = join(folder, 'change-set.json');
  const checkout = join(folder, 'checkout');

  beforeAll(() => {
    git(folder, 'init', '--quiet', 'bin');
    rmSync(join(bin, '.git'), { recursive: true });
    symlinkSync(process.execPath, join(bin, 'node'));
    git(folder, 'init', '--quiet', 'checkout');
    writeFileSync(join(checkout, 'a.txt'), 'a\n');
    git(checkout, 'add', '.');
    git(checkout, 'commit', '--quiet', '-m', 'base');
    const changes = [{ op: 'create_file', path: 'b.txt', content: 'b\n' }];
    writeFileSync(changeSet, JSON.stringify({ version: 1, base: 'x', summary: 's', changes }));
  });

  it.concurrent.each([
    ['policy check', ['policy', 'check', '--base', checkout, '--change-set', changeSet], {}],
    ['apply', ['apply', '--dir', checkout, '--edits', changeSet, '--format', 'change-set'], {}],
    ['simulate', ['simulate', join(ROOT, 'examples/scenarios/rounding-bug')], {}],
    ['demo', ['demo'], {}],
    ['serve', ['serve'], GOOD],
  ])('S0-18: `%s` says that git is missing, without a stack trace', async (_name, args, env) => {
    const { exitCode, said } = await conductor(args, { ...env, PATH: bin });
    expect(said).toMatch(/The git command was not found\.\s+Install git 2\.38 or newer/);
    expect(said).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(2);
  });
});
