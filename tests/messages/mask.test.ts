import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOf } from '../../src/hosts/mask-of.ts';
import { createMask } from '../../src/messages/mask.ts';
import { harmlessMarkdown, quoted } from '../../src/messages/way-out.ts';
import { readable, WRITINGS } from './written-secret.ts';

const SEED = Number(process.env.SEED ?? 20_261_121);
const RUNS = Number(process.env.MASK_RUNS ?? 60);
const TOKEN = ['ghs', 'Zk3vQ9mT4xW8pLr2NcY7bHd5JfG1sAeU6oXi'].join('_');
const CLAUDE_KEY = ['sk', 'ant', 'api03', 'Qw8_rTz-4kLmN0pXcVb2HjGf7dSaY1uIoE3'].join('-');
const ALPHABETS = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  '0123456789abcdef',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
];
const secret = fc
  .constantFrom(...ALPHABETS)
  .chain((alphabet) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 24, maxLength: 80 }))
  .filter((text) => new Set(text).size > 8 && /\d/.test(text) && !/[-_][\w-]{0,3}[-_]/.test(text));

describe('S2-29, SEC-3: a secret of this process', () => {
  it.each(Object.entries(WRITINGS))('%s leaves no text', (_how, write) => {
    const mask = createMask([TOKEN, CLAUDE_KEY]);
    for (const key of [TOKEN, CLAUDE_KEY, TOKEN.slice(7), TOKEN.slice(0, -7), CLAUDE_KEY.slice(16, 28)]) {
      const left = mask.text(`before ${write(key)} after`);
      expect(left).toContain('[secret removed]');
      expect(left).toMatch(/^before .*after$/s);
      expect([...readable(TOKEN, left), ...readable(CLAUDE_KEY, left)]).toEqual([]);
    }
  });

  it(`of any kind, whole or in part, leaves no twelve characters in a row (seed ${SEED})`, () => {
    const part = fc.record({
      how: fc.constantFrom(...Object.keys(WRITINGS)),
      from: fc.nat(11),
      length: fc.integer({ min: 12, max: 80 }),
      around: fc.string({ unit: 'grapheme', maxLength: 30 }),
    });
    fc.assert(
      fc.property(secret, fc.array(part, { minLength: 1, maxLength: 4 }), (canary, parts) => {
        const text = parts
          .map(({ how, from, length, around }) => around + WRITINGS[how]?.(canary.slice(from, from + length)))
          .join(' ');
        const mask = createMask([canary]);
        expect(readable(canary, mask.text(text))).toEqual([]);
        expect(readable(canary, mask.text(quoted(harmlessMarkdown(text))))).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('is found where two fields of one message share it, with other fields between, and nothing of it stays', () => {
    const mask = createMask([TOKEN]);
    for (const at of [6, 11, 20, TOKEN.length - 8]) {
      const message = {
        title: `The first part is ${TOKEN.slice(0, at)} and`,
        labels: ['a', 'b'],
        body: { text: `the second part is ${TOKEN.slice(at)}.`, draft: true },
      };
      const left = JSON.stringify(mask.texts(message));
      expect(left).toContain('and","labels":["a","b"]');
      for (let from = 0; from + 7 <= TOKEN.length; from++)
        expect(left, `cut at ${at}`).not.toContain(TOKEN.slice(from, from + 7));
    }
  });

  it('of the App’s key is its private part, in whatever lines it stands', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const mask = maskOf({ PRIVATE_KEY: privateKey.replaceAll('\n', '\\n') });
    const [first, second = '', ...lines] = privateKey.trim().split('\n');
    const left = mask.text(privateKey);
    for (const line of lines.slice(0, -1)) expect(readable(line, left)).toEqual([]);
    expect(mask.text(second)).toBe(second);
    expect(mask.isIn([`${first}\nMIIEowIBAAKCAQEA\n`])).toBe(false);
    expect(mask.isIn([Buffer.from(privateKey).toString('base64').slice(800, 900)])).toBe(true);
  });

  it('is known by what its variable is called, or as the password in an address', () => {
    const mask = maskOf({
      LOCAL_KEY: `${TOKEN}1`,
      DATABASE_URL: 'postgres://conductor:p4%40ssW0rdOfOurs@db.example:5432/conductor',
      PRIVATE_KEY_PATH: '/etc/conductor-4711/app.pem',
      HOME: '/home/conductor-4711/of-nobody',
    });
    expect(mask.text(`${TOKEN}1`)).toBe('[secret removed]');
    expect(mask.text('it is p4@ssW0rdOfOurs')).toBe('it is [secret removed]');
    const open =
      'postgres://conductor at db.example:5432/conductor, /etc/conductor-4711/app.pem, /home/conductor-4711';
    expect(mask.text(open)).toBe(open);
  });

  it('is masked until it is forgotten, however often it was told', () => {
    const mask = createMask();
    const told = mask.add(TOKEN);
    mask.add(TOKEN).forget();
    expect(mask.isIn([TOKEN])).toBe(true);
    told.forget();
    expect(mask.isIn([TOKEN])).toBe(false);
  });
});

describe('what is no secret', () => {
  const mask = createMask([TOKEN, CLAUDE_KEY, 'f'.repeat(7) + '0123456789abcdef'.repeat(3)]);

  it('stays as it is: words and short values that are set where a key is asked for', () => {
    for (const plain of [
      'true',
      'development',
      'not-needed',
      'sk-no-key-required',
      'http://127.0.0.1:11434/v1',
      'x1',
    ])
      expect(createMask([plain]).text(`say ${plain} twice: ${plain}`)).toBe(`say ${plain} twice: ${plain}`);
  });

  it('stays as it is: our own documentation, commit hashes, and what keys begin with', () => {
    const texts = ['CHANGELOG.md', 'docs/models.md', 'package-lock.json'].map((path) =>
      readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
    );
    for (const text of texts) expect(mask.text(text)).toBe(text);
    expect(mask.text('keys start with sk-ant-api03- or ghs_')).toBe('keys start with sk-ant-api03- or ghs_');
  });

  it('is passed over fast, also where it is made to look like much of a secret', () => {
    const long = 'The quick brown fox, 4711 times. '.repeat(20_000);
    const near = `${TOKEN.slice(0, 9)} ${'0123456789abcdef'.repeat(2)}! `.repeat(5_000);
    for (const text of [long, near]) {
      const started = performance.now();
      mask.text(text);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});
