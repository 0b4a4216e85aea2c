import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { Minimatch } from 'minimatch';
import type { FileChange } from '../../src/changes/file-change.ts';
import type { Facts } from '../../src/policy/facts.ts';
import { customRules } from '../../src/policy/rules/custom-rules.ts';
import { findSecrets } from '../../src/policy/secrets.ts';
import { policySchema } from '../../src/policy/settings.ts';
import { factsOf, open } from '../policy/build.ts';

const FILES = 10_000;
const RULES = 1_000;
const ROUNDS = 5;
const FOLDERS = 'src test docs lib core api web server billing auth tools data'.split(' ');
const ENDINGS = 'ts js md json py go rs yml css test.ts'.split(' ');
const SOURCE = resolve(import.meta.dirname, '../../src');

/**
 * Milliseconds of CPU, the least of some rounds in turn: all files by all rules, each rule with the files that it is
 * about, and minimatch alone on the same globs, compiled before, which only counts.
 */
export async function policyCpu() {
  const globs = Array.from({ length: RULES }, (_, n) => globOf(n));
  const rules = globs.map((glob, n) => rule(`r${n}`, glob));
  const settings = open({ rules: policySchema.parse({ rules }).rules });
  const facts = await manyFiles();
  const paths = facts.applied.ok ? facts.applied.files.map(({ path }) => path) : [];
  const peers = globs.map(
    (glob) => new Minimatch(glob, { dot: true, noext: true, nonegate: true, nocomment: true }),
  );
  const hits = () => paths.reduce((sum, path) => sum + peers.filter((peer) => peer.match(path)).length, 0);

  const texts = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => created(name, readFileSync(join(SOURCE, name), 'utf8')));
  const megabytes = texts.reduce((sum, { after }) => sum + (after?.length ?? 0), 0) / 1e6;
  const least = { globs: Infinity, globsPeer: Infinity, secrets: Infinity, secretsPeer: Infinity };
  for (let round = 0; round < ROUNDS; round += 1) {
    least.globs = Math.min(least.globs, await cpu(() => customRules.find(facts, settings).length));
    if (round < 2) least.globsPeer = Math.min(least.globsPeer, await cpu(hits));
    least.secrets = Math.min(least.secrets, await cpu(() => findSecrets(texts)));
    least.secretsPeer = Math.min(least.secretsPeer, await cpu(() => secretlint(texts)));
  }
  return { ...least, megabytes };
}

async function secretlint(files: readonly FileChange[]): Promise<void> {
  const config = { rules: [{ id: creator.meta.id, rule: creator, options: {} }] };
  for (const { path, after } of files) {
    const source = { filePath: path, content: after ?? '', ext: '.ts', contentType: 'text' as const };
    await lintSource({ source, options: { config, noPhysicFilePath: true } });
  }
}

function globOf(n: number): string {
  const [one, two, ending] = [FOLDERS[n % 12]!, FOLDERS[(n * 7) % 11]!, ENDINGS[n % 10]!];
  const shapes = [
    `${one}/${two}/**`,
    `**/*.${ending}`,
    `**/${one}/*.${ending}`,
    `${one}/**/${two}/**`,
    `${one}/{${two},x${n}}/file${n % 40}*.ts`,
    `**/file${n}.ts`,
  ];
  return shapes[n % shapes.length]!;
}

function rule(name: string, glob: string): object {
  // biome-ignore lint/suspicious/noThenProperty: a key of the config; nothing awaits it.
  return { name, when: { paths: [glob] }, then: 'review' };
}

async function manyFiles(): Promise<Facts> {
  const files = Array.from({ length: FILES }, (_, n) => {
    const folders = Array.from({ length: 1 + (n % 5) }, (_, at) => FOLDERS[(n * (at + 3) + at) % 12]!);
    return created(`${folders.join('/')}/file${n % 3_000}-${n}.${ENDINGS[(n * 7) % 10]}`, 'x\n');
  });
  const facts = await factsOf([]);
  return { ...facts, applied: { ok: true, files } };
}

function created(path: string, after: string): FileChange {
  return { op: 'create', path, from: null, before: null, after, modeBefore: null, mode: '100644' };
}

async function cpu(work: () => unknown): Promise<number> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
