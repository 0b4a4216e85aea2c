import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/policy/secrets.ts';
import { create, lines, remove, rename } from '../changes/build.ts';
import { type Adversarial, sharedData } from '../changes/shared-data.ts';
import { runInMemory } from '../runs/memory-host.ts';
import { factsOf, open, saidBy, verdictOn } from './build.ts';
import { PLACEHOLDERS, SECRETS, text } from './secret-samples.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');
const SOURCE = resolve(import.meta.dirname, '../../src');

/** The scanners that fire on a text of one new file. */
async function scan(content: string, path = 'src/settings.ts') {
  const found = await findSecrets([
    { op: 'create', path, from: null, before: null, after: content, modeBefore: null, mode: '100644' },
  ]);
  return found.map(({ scanner, line }) => `${scanner}:${line}`);
}

describe('secrets', () => {
  it('S1-29: at least 95 % of a sample of each kind are found, each in code and in settings', async () => {
    const missed: string[] = [];
    for (const { kind, value, path } of SECRETS) {
      for (const line of [`const key = "${value}";`, `  key: ${value}`, `KEY=${value} # for now`]) {
        // A multi-line value stands as it is.
        const content = value.includes('\n') ? value : line;
        if ((await scan(`first\n${content}\nlast\n`, path)).length === 0)
          missed.push(`${kind}: ${content.slice(0, 12)}`);
      }
    }
    expect(missed).toEqual([]);
    expect(SECRETS.length).toBeGreaterThan(30);
  });

  it.each(PLACEHOLDERS.map((value) => [value]))(
    'S2-29: what stands for a value is let through: %s',
    async (value) => {
      expect(await scan(`key = "${value}"\n`)).toEqual([]);
    },
  );

  it('S2-29: nothing is found in the code of this repository', async () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(SOURCE, name), 'utf8'));
    const found = await findSecrets(
      files.map((after, n) => ({
        op: 'create',
        path: `f${n}.ts`,
        from: null,
        before: null,
        after,
        modeBefore: null,
        mode: '100644',
      })),
    );
    expect(files.join('').split('\n').length).toBeGreaterThan(10_000);
    expect(found).toEqual([]);
  });

  it.skipIf(adversarial === null)('S1-29: hostile and ordinary lines have the stated outcome', async () => {
    const outcome: Readonly<Record<string, string>> = { deny: 'block', needs_human: 'review', allow: 'auto' };
    for (const { path, added, verdict } of adversarial!.content) {
      expect((await verdictOn([create(path, `${added}\n`)], open(), {})).verdict, path).toBe(
        outcome[verdict],
      );
    }
  });

  it('S1-29: a key is blocked, and neither facts, reasons, title nor fix hold any of its value', async () => {
    for (const { value, path = 'src/x.ts' } of SECRETS) {
      const facts = await factsOf([create(path, `a\n${value}\n`)], {});
      const { applied, changeSet, ...rest } = facts;
      const shown = JSON.stringify([
        rest.secrets,
        await verdictOn([create(path, `a\n${value}\n`)], open(), {}),
      ]);
      for (let at = 0; at + 8 <= value.length; at += 1) {
        const window = value.slice(at, at + 8);
        if (/^(?=.*\d)(?=.*[A-Z])[A-Za-z0-9]{8}$/.test(window)) expect(shown).not.toContain(window);
      }
    }
  });

  it('S1-29: a run whose agent adds a key is blocked, and no run event and no answer holds it', async () => {
    const key = SECRETS.find(({ kind }) => kind === 'rsa')!.value;
    const turns = [
      { tool_calls: [{ name: 'write_file', input: { path: 'deploy/key.pem', content: `${key}\n` } }] },
      { tool_calls: [{ name: 'finish', input: { summary: 'Added the key.' } }] },
    ];
    const { outcome, events, pushed } = await runInMemory({ scenes: [{ turns }] });
    expect([outcome.code, pushed]).toEqual(['policy_block', []]);
    expect(outcome.message).toContain('privatekey');
    const told = JSON.stringify([outcome, events]);
    for (const row of key.split('\n').slice(1, -1)) expect(told).not.toContain(row.slice(0, 16));
  });

  it('only new lines are looked at', async () => {
    const key = text(SECRETS[0]!);
    const files = { f: `a\n${key}\nb\n` };
    expect((await verdictOn([lines('f', 1, 1, 'A')], open(), files)).verdict).toBe('auto');
    expect((await verdictOn([rename('f', 'g')], open(), files)).verdict).toBe('auto');
    expect((await verdictOn([remove('f')], open(), files)).verdict).toBe('auto');
    expect((await verdictOn([lines('f', 4, 3, key)], open(), files)).verdict).toBe('block');
  });

  it('a private key of which only a part is new is found at its first line', async () => {
    const pem = SECRETS.find(({ kind }) => kind === 'rsa')!.value.split('\n');
    const files = { f: `${[pem[0], ...pem.slice(3)].join('\n')}\n` };
    const verdict = await verdictOn([lines('f', 2, 1, pem.slice(1, 3).join('\n'), '')], open(), files);
    expect(saidBy(verdict, 'secrets').reasons).toMatchObject([{ verdict: 'block', line: 1 }]);
  });

  it('a comment that switches a scanner off is not heeded', async () => {
    const key = text(SECRETS[0]!);
    expect(await scan(`// ${'secretlint'}-disable\nk = "${key}"\n`)).toEqual([expect.stringMatching(/:2$/)]);
    expect(await scan(`k = "${key}" // ${'secretlint'}-disable-line\n`)).toHaveLength(1);
  });

  it.each([
    ['id_rsa', 'block'],
    ['keys/id_ed25519', 'block'],
    ['.env', 'review'],
    ['web/.env.local', 'review'],
    ['.env.example', 'auto'],
    ['id_rsa.pub', 'auto'],
    ['keys/public.pem', 'auto'],
  ])('a new file %s is %s', async (path, expected) => {
    expect((await verdictOn([create(path, 'A=b\n')], open(), {})).verdict).toBe(expected);
  });

  it('a file of that name may be removed', async () => {
    expect((await verdictOn([remove('.env')], open(), { '.env': 'A=b\n' })).verdict).toBe('auto');
  });
});
