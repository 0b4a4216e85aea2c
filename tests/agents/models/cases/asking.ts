import { afterEach } from 'vitest';
import type { Message, ModelAnswer, Prompt } from '../../../../src/agents/model.ts';
import type { Dialect } from '../dialects.ts';
import { type VendorServer, vendorServer } from '../vendor-server.ts';

export const READ_FILE = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: {
    type: 'object',
    properties: { path: { type: 'string' } },
    required: ['path'],
    additionalProperties: false,
  },
};

/** A request, and what came after it. */
export function prompt(...messages: Message[]): Prompt {
  const asked: Message = { role: 'user', text: 'fix the rounding bug' };
  return {
    system: 'You fix bugs.',
    tools: [READ_FILE],
    messages: [asked, ...messages],
    maxOutputTokens: 512,
  };
}

/** A signal that nobody gives. */
export const calm = () => new AbortController().signal;

/** Asks an adapter whose vendor is a server on this machine that answers as a test says; closed after each test. */
export function asking(dialect: Dialect) {
  let server: VendorServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });
  const at = async (answer: Parameters<typeof vendorServer>[0]) => {
    server = await vendorServer(answer);
    return server;
  };
  return {
    at,
    async ask(
      answer: Parameters<typeof vendorServer>[0],
      asked: Prompt = prompt(),
      signal: AbortSignal = calm(),
      overrides: Parameters<Dialect['make']>[1] = {},
    ): Promise<{ readonly answer: ModelAnswer; readonly server: VendorServer }> {
      const to = await at(answer);
      return { answer: await dialect.make(to.url, overrides).ask(asked, signal), server: to };
    },
  };
}

/** The turn of an answer that has to be one. */
export function turnOf(answer: ModelAnswer) {
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.turn;
}
