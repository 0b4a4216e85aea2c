import type { CliModelEntry } from '../../agents/cli-agent.ts';
import { isLocal, type Variables, withoutSlash } from '../environment.ts';
import type { Upstream } from './upstream.ts';

/** Where a model's vendor is; `null`: it is no vendor's. Or why it can't be reached from here. */
export type FoundVendor =
  | { readonly ok: true; readonly upstream: Upstream | null }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: string };

/** Variables that hold each vendor's key and address, and the address that it has otherwise. */
const VENDORS = {
  anthropic: {
    key: 'ANTHROPIC_API_KEY',
    url: 'ANTHROPIC_BASE_URL',
    otherwise: 'https://api.anthropic.com',
  },
  openai: { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL', otherwise: 'https://api.openai.com/v1' },
  'openai-compatible': {
    key: 'OPENAI_API_KEY',
    url: 'OPENAI_BASE_URL',
    otherwise: 'https://api.openai.com/v1',
  },
} as const;

/** Where Google speaks like OpenAI; without the last part, it speaks as itself: https://ai.google.dev/gemini-api/docs/openai. */
const GOOGLES = /^(.+\/v1(?:beta)?)\/openai$/;

/** Finds the key and the address of a model in the host's variables, by the rules that hold for models without a CLI too. */
export function vendorOf(name: string, entry: CliModelEntry, variables: Variables): FoundVendor {
  const { provider } = entry;
  if (provider === 'scripted') return { ok: true, upstream: null };
  if (!isVendor(provider)) {
    return no(
      'cli_model_mismatch',
      `No CLI can be led to the model \`${name}\`: its provider is \`${provider}\`.`,
      `Name a model whose provider is one of ${Object.keys(VENDORS).join(', ')}.`,
    );
  }
  const vendor = VENDORS[provider];
  const variable = entry.api_key_env ?? vendor.key;
  const apiKey = variables[variable];
  if (!apiKey) {
    return no(
      'model_key_missing',
      `The model \`${name}\` needs a key in the variable \`${variable}\`, which is not set.`,
      `Set ${variable} where Conductor runs; never write a key into the repository.`,
    );
  }
  if (entry.base_url && !mayReceiveKeys(entry.base_url, variables)) {
    return no(
      'model_address_not_allowed',
      `The model \`${name}\` is at an address that this Conductor does not send its keys to.`,
      'Whoever runs it can allow the address in MODEL_BASE_URLS.',
    );
  }
  const address = withoutSlash(entry.base_url || variables[vendor.url] || vendor.otherwise);
  const addresses = addressesOf(provider, entry.wire, address);
  const legacy = entry.compat === 'legacy';
  return { ok: true, upstream: { provider, model: entry.model, apiKey, addresses, legacy } };
}

function addressesOf(
  provider: keyof typeof VENDORS,
  wire: CliModelEntry['wire'],
  address: string,
): Upstream['addresses'] {
  if (provider === 'anthropic') return { messages: address };
  const google = GOOGLES.exec(address)?.[1];
  const own = google === undefined ? {} : { gemini: google };
  if (wire) return { [wire]: address, ...own };
  return provider === 'openai' ? { responses: address, chat: address } : { chat: address, ...own };
}

function isVendor(provider: string): provider is keyof typeof VENDORS {
  return Object.hasOwn(VENDORS, provider);
}

/** As docs/adr/0009 has it: to this machine, to what the host lists, and to what it has set as a vendor's address. */
function mayReceiveKeys(address: string, variables: Variables): boolean {
  if (isLocal(address)) return true;
  const listed = (variables.MODEL_BASE_URLS ?? '').split(/[\s,]+/);
  const own = Object.values(VENDORS).map(({ url }) => variables[url]);
  return [...listed, ...own].some((allowed) => allowed && withoutSlash(allowed) === withoutSlash(address));
}

const no = (code: string, message: string, next: string): FoundVendor => ({ ok: false, code, message, next });
