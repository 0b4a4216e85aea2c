import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { handOverFile } from '../../src/hosts/hand-over-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

async function taken(path: string) {
  const handOver = handOverFile('write', path);
  if (handOver.part !== 'write') throw new Error('it thinks');
  return handOver.take();
}

describe('the file that is handed over', () => {
  it('comes in as it went out', async () => {
    const given = handOverFile('think', at('file.json'));
    if (given.part === 'think') await given.give('{"é":1}');
    expect(await taken(at('file.json'))).toEqual({ ok: true, value: '{"é":1}' });
  });

  it.each([
    ['missing', () => undefined, 'no such file'],
    ['a folder', (path: string) => mkdirSync(path), 'no plain file'],
    ['a link to a file outside', (path: string) => symlinkSync('/etc/passwd', path), 'no such file'],
    [
      'a pipe that nobody writes to',
      (path: string) => void execFileSync('sh', ['-c', `mkfifo '${path}'`]),
      'no plain file',
    ],
    ['50 MB long', (path: string) => writeFileSync(path, Buffer.alloc(50_000_000)), 'more than 25 MB'],
    ['no text', (path: string) => writeFileSync(path, Buffer.from([0xc3, 0x28])), 'no text'],
  ])('S0-30: is refused when it is %s', async (name, make, why) => {
    make(at(name));
    const result = await taken(at(name));
    expect(result).toMatchObject({ ok: false, outcome: { code: 'hand_over_unusable' } });
    expect(result.ok ? '' : result.outcome.message).toContain(why);
  });
});
