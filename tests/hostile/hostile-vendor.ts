import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Heard, Said, Says } from './attack.ts';

/** A model's server that an attacker owns: speaks Chat Completions, and says what the attack says. */
export interface HostileVendor {
  /** Where a repository's config finds it. */
  readonly address: string;
  /** What it says from now on, and what the attacker knows. */
  arm(say: Says, base: string, digest: string): void;
  /** What was sent there so far, beside the key, and forgets it. */
  heard(): string;
  close(): Promise<void>;
}

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
}

export async function hostileVendor(): Promise<HostileVendor> {
  let armed: { readonly say: Says; readonly base: string; readonly digest: string } | null = null;
  let heard: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      heard.push(text);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(armed ? streamOf(armed.say({ ...heardIn(text), ...armed })) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/v1`,
    arm(say, base, digest) {
      armed = { say, base, digest: digest || 'd'.repeat(64) };
    },
    heard() {
      const all = heard.join('\n');
      heard = [];
      return all;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function heardIn(text: string): Omit<Heard, 'base' | 'digest'> {
  const { messages } = JSON.parse(text) as Asked;
  return {
    everything: text,
    results: messages.flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : [])).join('\n'),
    turn: messages.filter(({ role }) => role === 'assistant').length,
  };
}

function streamOf({ text = '', calls = [], raw }: Said): string {
  if (raw !== undefined) return raw;
  const tool_calls = calls.map(({ name, input }, index) => ({
    index,
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const chunks = [
    {
      choices: [
        { index: 0, delta: { role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls }) } },
      ],
    },
    { choices: [{ index: 0, delta: {}, finish_reason }] },
    { choices: [], usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } },
  ];
  const stamp = { id: 'x', object: 'chat.completion.chunk', created: 0, model: 'evil' };
  return `${chunks.map((chunk) => `data: ${JSON.stringify({ ...stamp, ...chunk })}\n\n`).join('')}data: [DONE]\n\n`;
}
