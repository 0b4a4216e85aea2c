import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SOURCE = new URL('../../src/hosts/own-environment.ts', import.meta.url);

/** What a process that was started with secrets shows of them: itself, to a child, and in /proc. */
async function shown(act: 'takeEnvironment' | 'hideEnvironment') {
  const program = `
    import { execFileSync } from 'node:child_process';
    import { ${act} } from ${JSON.stringify(SOURCE.href)};
    const taken = ${act}() ?? process.env;
    const block = execFileSync('sh', ['-c', 'cat /proc/$PPID/environ'], { encoding: 'utf8' });
    const inherited = execFileSync('env', { encoding: 'utf8' });
    console.log(JSON.stringify({ taken, block, inherited, own: process.env }));`;
  const env = {
    PATH: process.env.PATH,
    ...{
      INPUT_GITHUB_TOKEN: 'canary-1',
      WEBHOOK_SECRET: 'canary-2',
      LOCAL_KEY: 'canary-3',
      PGPASSWORD: 'canary-4',
    },
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env,
  });
  return JSON.parse(stdout);
}

describe.runIf(process.platform === 'linux')('SEC-2: the environment that a host was started with', () => {
  it('stands in /proc no longer, nor is it inherited; the host has it', async () => {
    const { taken, block, inherited, own } = await shown('takeEnvironment');
    expect(block).not.toContain('canary');
    expect(taken).toMatchObject({
      INPUT_GITHUB_TOKEN: 'canary-1',
      WEBHOOK_SECRET: 'canary-2',
      LOCAL_KEY: 'canary-3',
    });
    // PostgreSQL's library reads its own.
    expect(own).toEqual({ PATH: process.env.PATH, PGPASSWORD: 'canary-4' });
    expect(inherited).not.toMatch(/canary-[123]/);
  });

  it('is only hidden where the process is somebody else’s', async () => {
    const { block, own } = await shown('hideEnvironment');
    expect(block).not.toContain('canary');
    expect(own).toMatchObject({ WEBHOOK_SECRET: 'canary-2' });
  });
});
