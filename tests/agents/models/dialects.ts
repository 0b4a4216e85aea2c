import type { Capabilities, Model, Price } from '../../../src/agents/model.ts';
import { anthropicBedrock, anthropicMessages } from '../../../src/agents/models/anthropic-messages.ts';
import { openaiChat } from '../../../src/agents/models/openai-chat.ts';
import { openaiResponses } from '../../../src/agents/models/openai-responses.ts';
import { anthropicWire } from './wires/anthropic.ts';
import { chatWire } from './wires/chat.ts';
import { responsesWire } from './wires/responses.ts';
import type { Wire } from './wires/said.ts';

interface Overrides {
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  readonly stallMs?: number;
  readonly label?: string;
}

/** An adapter as a repository can configure it, and the wire format that it has to speak. */
export interface Dialect {
  readonly title: string;
  readonly label: string;
  readonly wire: Wire;
  /** False where the other model server speaks the format otherwise than the vendor's own package reads it. */
  readonly isSpokenElsewhere: boolean;
  /** The header that the key travels in, and how. */
  readonly key: readonly [string, string];
  make(serverUrl: string, overrides?: Overrides): Model;
}

export const KEY = 'sk-test-0123456789';
export const PRICE: Price = { input: 3, output: 15, source: 'config' };
export const CAPABILITIES: Capabilities = { tools: true, images: false, caching: true, contextTokens: null };

const base = { name: 'main', model: 'model-a', apiKey: KEY, price: PRICE, capabilities: CAPABILITIES };
const BEARER = ['authorization', `Bearer ${KEY}`] as const;

const anthropic: Dialect = {
  title: 'anthropic',
  label: 'anthropic/model-a',
  wire: anthropicWire,
  isSpokenElsewhere: true,
  key: BEARER,
  make: (url, more) => anthropicMessages({ ...base, label: 'anthropic/model-a', baseUrl: url, ...more }),
};

const legacy: Dialect = {
  ...anthropic,
  title: 'anthropic, compat legacy',
  key: ['x-api-key', KEY],
  make: (url, more) =>
    anthropicMessages({ ...base, label: 'anthropic/model-a', baseUrl: url, legacy: true, ...more }),
};

const responses: Dialect = {
  title: 'openai',
  label: 'openai/model-a',
  wire: responsesWire,
  isSpokenElsewhere: true,
  key: BEARER,
  make: (url, more) => openaiResponses({ ...base, label: 'openai/model-a', baseUrl: `${url}/v1`, ...more }),
};

const openaiOverChat: Dialect = {
  title: 'openai, wire chat',
  label: 'openai/model-a',
  wire: chatWire,
  isSpokenElsewhere: true,
  key: BEARER,
  make: (url, more) =>
    openaiChat({
      ...base,
      label: 'openai/model-a',
      baseUrl: `${url}/v1`,
      outputLimit: 'max_completion_tokens',
      ...more,
    }),
};

const compatible: Dialect = {
  title: 'openai-compatible',
  label: 'openai-compatible/model-a',
  wire: chatWire,
  isSpokenElsewhere: true,
  key: BEARER,
  make: (url, more) =>
    openaiChat({
      ...base,
      label: 'openai-compatible/model-a',
      baseUrl: `${url}/v1`,
      outputLimit: 'max_tokens',
      ...more,
    }),
};

const compatibleOverResponses: Dialect = {
  ...responses,
  title: 'openai-compatible, wire responses',
  label: 'openai-compatible/model-a',
  make: (url, more) =>
    openaiResponses({ ...base, label: 'openai-compatible/model-a', baseUrl: `${url}/v1`, ...more }),
};

/** Bedrock's client takes a gateway's plain event stream as well as Amazon's own, so that all of one suite fits it. */
async function bedrock(): Promise<readonly Dialect[]> {
  const at = { ...base, label: 'bedrock/model-a', region: 'eu-west-1', credentials: null };
  const isInstalled = (await anthropicBedrock({ ...at, baseUrl: null })) !== null;
  if (!isInstalled) return [];
  const open = async (url: string, more: Overrides = {}) =>
    anthropicBedrock({ ...at, baseUrl: url, ...more });
  return [
    {
      title: 'bedrock',
      label: 'bedrock/model-a',
      wire: anthropicWire,
      isSpokenElsewhere: false,
      key: BEARER,
      make(url, more) {
        const opened = open(url, more);
        const model = async () => (await opened) as Model;
        return {
          name: 'main',
          label: 'bedrock/model-a',
          price: PRICE,
          capabilities: CAPABILITIES,
          check: async (signal) => (await model()).check(signal),
          ask: async (prompt, signal) => (await model()).ask(prompt, signal),
        };
      },
    },
  ];
}

export const DIALECTS: readonly Dialect[] = [
  anthropic,
  legacy,
  responses,
  openaiOverChat,
  compatible,
  compatibleOverResponses,
  ...(await bedrock()),
];
