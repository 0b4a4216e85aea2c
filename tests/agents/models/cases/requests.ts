import { expect, it, vi } from 'vitest';
import { type Dialect, KEY } from '../dialects.ts';
import { stream } from '../vendor-server.ts';
import { asking, calm, prompt } from './asking.ts';

/** What an adapter sends, and to whom it tells what. */
export function casesOfRequests(dialect: Dialect): void {
  const { ask, at } = asking(dialect);
  const hello = stream(dialect.wire.frames({ text: 'Hi', stop: 'end' }));

  it('uses the key it was given, and nothing that the environment holds', async () => {
    for (const vendor of ['OPENAI', 'ANTHROPIC']) {
      vi.stubEnv(`${vendor}_API_KEY`, 'sk-environment');
      vi.stubEnv(`${vendor}_BASE_URL`, 'http://127.0.0.1:1');
    }
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'environment');
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'environment');
    vi.stubEnv('OPENAI_ORG_ID', 'environment');
    vi.stubEnv('OPENAI_PROJECT_ID', 'environment');
    const { answer, server } = await ask(hello);
    vi.unstubAllEnvs();
    expect(answer).toMatchObject({ ok: true });
    const [name, value] = dialect.key;
    expect(server.requests[0]?.headers[name]).toBe(value);
    expect(JSON.stringify(server.requests[0]?.headers).split(KEY)).toHaveLength(2);
    expect(JSON.stringify(server.requests[0])).not.toContain('environment');
  });

  it('goes through the fetch that the host gave it', async () => {
    const server = await at(hello);
    const fetch = vi.fn(globalThis.fetch);
    await dialect.make(server.url, { fetch }).ask(prompt(), calm());
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('sends the same bytes for the same prompt', async () => {
    const server = await at(hello);
    await dialect.make(server.url).ask(prompt(), calm());
    await dialect.make(server.url).ask(prompt(), calm());
    const [first, second] = server.requests.map(({ body }) => JSON.stringify(body));
    expect(second).toBe(first);
  });

  it('sends no tools where there are none', async () => {
    const { answer, server } = await ask(hello, { ...prompt(), tools: [] });
    expect(answer.ok).toBe(true);
    expect(server.requests[0]?.body.tools ?? []).toEqual([]);
  });
}
