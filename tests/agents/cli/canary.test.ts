import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliWork } from '../../../src/agents/cli-agent.ts';
import { isRoot } from './caged.ts';
import { type TwoTurnVendor, twoTurnVendor } from './two-turn-vendor.ts';

/** Every secret that a host may hold; each begins alike, so that a piece of one is found too. */
const NAMES = [
  ...['PRIVATE_KEY', 'WEBHOOK_SECRET', 'DATABASE_URL', 'GITHUB_TOKEN', 'GH_TOKEN', 'INPUT_GITHUB_TOKEN'],
  ...['INPUT_APP_PRIVATE_KEY', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'LOCAL_KEY'],
  ...[
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'NPM_TOKEN',
    'SSH_AUTH_SOCK',
    'HTTPS_PROXY',
  ],
];
const CANARY = 'canary-8f3a1c';
const secrets = Object.fromEntries(
  NAMES.map((name) => [name, `sk-${CANARY}-${name.toLowerCase()}-0123456789`]),
);

const folder = mkdtempSync(join(tmpdir(), 'canary-'));
const keyFile = join(folder, 'app.pem');
writeFileSync(keyFile, `${CANARY} in a file`, { mode: 0o600 });
let vendor: TwoTurnVendor;
beforeAll(async () => {
  vendor = await twoTurnVendor('true', 'Hello.');
});
afterAll(async () => {
  await vendor.close();
  rmSync(folder, { recursive: true });
});

/** What a script, as the CLI of a host with all those secrets, comes to. */
async function caged(script: string, more: Record<string, string> = {}): Promise<CliWork> {
  const env = {
    ...{ PATH: process.env.PATH, VENDOR: vendor.url, CLI_AGENTS: 'command', PRIVATE_KEY_PATH: keyFile },
    ...{ DATA_DIR: join(folder, 'data'), KEY_FILE: keyFile },
    ...(isRoot ? {} : { CLI_USER: 'same' }),
    ...secrets,
    ...more,
  };
  const host = fileURLToPath(new URL('./canary-host.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', host, script], { env });
  return JSON.parse(stdout);
}

function dumped({ thought }: CliWork): string {
  if (thought.kind !== 'proposal') throw new Error(JSON.stringify(thought));
  return thought.files.find(({ path }) => path === 'dump.txt')?.after ?? '';
}

const OWN = `
  { env; echo "== argv"; tr '\\0' '\\n' < /proc/$$/cmdline; echo "== environ"; tr '\\0' '\\n' < /proc/self/environ
    echo "== files"; find "$HOME" "$TMPDIR" "$PWD" -type f ! -name dump.tmp -exec cat {} +
    echo "== descriptors"; ls -l /proc/$$/fd; } > "$TMPDIR/dump.tmp" 2>&1`;
const OTHERS = `
  { for pid in $(ls /proc | grep '^[0-9]*$'); do tr '\\0' '\\n' < /proc/$pid/environ; done 2> /dev/null
    tr '\\0' '\\n' < /proc/$PPID/cmdline; cat '${keyFile}' '${folder}'/*; ls -l /proc/$PPID/fd/
    cat /proc/$PPID/environ > "$TMPDIR/parent"; echo "of its parent: $(wc -c < "$TMPDIR/parent") bytes"
    head -c 100 /proc/$PPID/mem; } >> "$TMPDIR/dump.tmp" 2>&1`;
const KEEP = `
  LC_ALL=C tr -cd '\\012\\040-\\176' < "$TMPDIR/dump.tmp" | head -c 900000 > dump.txt; echo Done.`;

describe('SEC-1, SEC-2: a CLI that looks for secrets', () => {
  it('finds none in its environment, arguments, descriptors, home or copy', async () => {
    const dump = dumped(await caged(OWN + KEEP));
    expect(dump).toContain('ANTHROPIC_BASE_URL=http://127.0.0.1:');
    expect(dump).toContain('== descriptors');
    expect(dump).not.toContain(CANARY);
    expect(dump).not.toMatch(/GITHUB|ACTIONS_|PRIVATE_KEY|WEBHOOK|DATABASE/);
  });

  it.runIf(isRoot)(
    'nor, with an account of its own, in those of any other process, or in the host’s files',
    async () => {
      const dump = dumped(await caged(OWN + OTHERS + KEEP));
      expect(dump).toContain('of its parent: 0 bytes');
      expect(dump).toContain('Permission denied');
      expect(dump).not.toContain(CANARY);
    },
  );

  it.runIf(isRoot)('nor with the account that CLI_USER names', async () => {
    const dump = dumped(await caged(OWN + OTHERS + KEEP, { CLI_USER: 'nobody' }));
    expect(dump).toContain('of its parent: 0 bytes');
    expect(dump).not.toContain(CANARY);
  });

  it.runIf(isRoot)(
    'what runs as the host itself finds none in its environment, but reads its files, which is why none does unless CLI_USER=same',
    async () => {
      const dump = dumped(await caged(OWN + OTHERS + KEEP, { CLI_USER: 'same' }));
      expect(dump).not.toContain(`sk-${CANARY}`);
      expect(dump).toContain(`${CANARY} in a file`);
    },
  );

  it.runIf(existsSync('/usr/bin/setpriv'))(
    'nor can it become another account: sudo and su are programs like any other',
    async () => {
      expect(dumped(await caged(`grep NoNewPrivs /proc/self/status > dump.txt; echo Done.`))).toMatch(
        /:\s1$/m,
      );
    },
  );

  it.runIf(isRoot)('and none runs where the key’s file is open to every account', async () => {
    const open = join(tmpdir(), `canary-open-${process.pid}.pem`);
    writeFileSync(open, 'key', { mode: 0o644 });
    const { thought } = await caged('echo Done.', { PRIVATE_KEY_PATH: open });
    rmSync(open);
    expect(thought).toMatchObject({ code: 'cli_not_isolated', next: `Close it: chmod o-rwx ${open}` });
  });
});
