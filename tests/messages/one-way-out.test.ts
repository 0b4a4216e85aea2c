import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/github/client.ts';
import { appLog } from '../../src/hosts/app-log.ts';
import { jobOutput } from '../../src/hosts/job-output.ts';
import { createMask } from '../../src/messages/mask.ts';
import { runInMemory } from '../runs/memory-host.ts';

const TOKEN = ['ghs', 'Zk3vQ9mT4xW8pLr2NcY7bHd5JfG1sAeU6oXi'].join('_');
const mask = createMask([TOKEN]);
const SRC = join(import.meta.dirname, '../../src');

describe('S2-29, SEC-3: what leaves, leaves by one door', () => {
  it('to GitHub, a job’s log and outputs, and the App’s log, and no file but that door’s opens it', () => {
    const doors: Readonly<Record<string, { readonly opens: RegExp; readonly files: readonly string[] }>> = {
      'a client': { opens: /\bOctokit\b[^;]*\(/, files: ['github/client.ts', 'hosts/action.ts'] },
      'a job': {
        opens: /\bcore\.\w+\(|from '@actions\/core'/,
        files: ['hosts/action.ts', 'hosts/job-output.ts'],
      },
      'a log': {
        opens: /\.log[.[](level|debug|info|warn|error|fatal)\b|console\./,
        files: ['hosts/app-log.ts'],
      },
      'git, which writes': { opens: /git.*\['(push|send-pack)'/, files: [] },
    };
    const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    for (const [door, { opens, files }] of Object.entries(doors)) {
      const found = sources
        .filter((path) => !path.startsWith('simulator/') && !path.startsWith('cli/'))
        .filter((path) => opens.test(readFileSync(join(SRC, path), 'utf8')));
      expect(found.sort(), door).toEqual(files);
    }
  });

  it('a request has none in any parameter, and keeps its own token', async () => {
    const github = await listening();
    const client = clientOf(github.url, TOKEN);
    const input = { body: `a ${TOKEN}`, nested: [{ title: TOKEN.slice(4) }] };
    await client.graphql('query Q($input: I!) { q(input: $input) { id } }', { input });
    expect(github.seen).toMatchObject([
      {
        authorization: `token ${TOKEN}`,
        body: {
          variables: { input: { body: 'a [secret removed]', nested: [{ title: '[secret removed]' }] } },
        },
      },
    ]);
    expect(input.body).toBe(`a ${TOKEN}`);
  });

  it('a commit that holds one does not leave, as text or in base64, by its content or by its path', async () => {
    const client = clientOf('http://127.0.0.1:1', 'x');
    const repository = { owner: 'acme', repo: 'shop' };
    const blob = { path: 'a', mode: '100644', type: 'blob' } as const;
    const contents = (text: string) => Buffer.from(text).toString('base64');
    const commit = (additions: readonly object[]) =>
      client.graphql('mutation M', { commit: { fileChanges: { additions, deletions: [] } } });
    for (const sending of [
      client.git.createTree({ ...repository, tree: [{ ...blob, content: `k = ${TOKEN}` }] }),
      client.git.createTree({ ...repository, tree: [{ ...blob, path: `d/${TOKEN}`, content: '' }] }),
      commit([{ path: 'a', contents: contents(`k = ${TOKEN}`) }]),
      commit([{ path: 'a', contents: contents(`k = ${contents(TOKEN)}`) }]),
    ])
      await expect(sending).rejects.toMatchObject({ code: 'secret_in_change' });
  });

  it('a commit without one leaves as it is, byte for byte', async () => {
    const github = await listening();
    const fileChanges = { additions: [{ path: 'a', contents: 'eA==' }], deletions: [{ path: 'b' }] };
    const commit = { message: TOKEN, fileChanges };
    await clientOf(github.url, 'x').graphql('mutation M($commit: C!) { m }', { commit });
    expect(github.seen).toMatchObject([
      { body: { variables: { commit: { message: '[secret removed]', fileChanges } } } },
    ]);
  });

  it('a change that holds one ends its run, and nothing is shown of it', async () => {
    const { outcome, pushed } = await runInMemory({
      holdsSecret: ([, text]) => text?.includes('2') ?? false,
    });
    expect(outcome).toMatchObject({ state: 'refused', code: 'secret_in_change' });
    expect(outcome).not.toHaveProperty('diff');
    expect(pushed).toEqual([]);
  });

  it('SEC-37: a line of a log has none, moves no cursor, and is no command to the runner', async () => {
    const written: unknown[] = [];
    const log = { info: (...line: unknown[]) => written.push(line) };
    appLog({ log } as never, mask)('info', `\u001b[2J::error::${TOKEN}\n::set-output name=a::b`, {
      error: `of ${TOKEN}`,
    });
    expect(written).toEqual([
      [{ error: 'of [secret removed]' }, '·::error::[secret removed] ::set-output name=a::b'],
    ]);

    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.stubEnv('GITHUB_OUTPUT', '');
    const job = jobOutput(mask);
    job.info(`\u001b]8;;https://evil.example\u0007 ::add-mask::x\n##[command]y ${TOKEN}`);
    job.outputs({ summary: TOKEN, cost: 1 });
    const lines = out.mock.calls.map(([chunk]) => String(chunk)).join('');
    vi.unstubAllEnvs();
    out.mockRestore();
    expect(lines).not.toContain(TOKEN.slice(0, 16));
    expect(lines).not.toContain('##[');
    expect(lines).toContain('[secret removed]');
    expect(lines.match(/^\s*::/gm)).toHaveLength(2);
    expect(lines).toMatch(/::set-output name=summary::\[secret removed\]/);
  });
});

function clientOf(baseUrl: string, token: string) {
  return createClient({ baseUrl, graphqlUrl: null, paceAs: null, mask, token: async () => token });
}

/** A server that takes everything, and keeps what it was sent. */
async function listening() {
  const seen: { authorization: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      seen.push({ authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});
