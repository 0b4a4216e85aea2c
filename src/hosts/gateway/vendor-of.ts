import type { CliModelEntry } from '../../agents/cli-agent.ts';
import { type Variables, withoutSlash } from '../environment.ts';
import { keyMissing, reachOf, type Unreachable, type Vendor } from '../vendors.ts';
import type { Upstream } from './upstream.ts';

/** Where a model's vendor is; `null`: it is no vendor's. Or why it can't be reached from here. */
export type FoundVendor =
  | { readonly ok: true; readonly upstream: Upstream | null }
  | ({ readonly ok: false } & Unreachable);

/** Where each vendor that a CLI can be led to is, when nobody says otherwise. */
const ADDRESSES = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
  'openai-compatible': 'https://api.openai.com/v1',
} as const satisfies Partial<Record<Vendor, string>>;
type Reachable = keyof typeof ADDRESSES;

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
      `Name a model whose provider is one of ${Object.keys(ADDRESSES).join(', ')}.`,
    );
  }
  const reach = reachOf(name, provider, entry, variables);
  if (!reach.ok) return reach;
  const { apiKey } = reach;
  if (apiKey === null) return { ok: false, ...keyMissing(name, provider, entry) };
  const address = withoutSlash(reach.address ?? ADDRESSES[provider]);
  const addresses = addressesOf(provider, entry.wire, address);
  const legacy = entry.compat === 'legacy';
  return { ok: true, upstream: { provider, model: entry.model, apiKey, addresses, legacy } };
}

function addressesOf(
  provider: Reachable,
  wire: CliModelEntry['wire'],
  address: string,
): Upstream['addresses'] {
  if (provider === 'anthropic') return { messages: address };
  const google = GOOGLES.exec(address)?.[1];
  const own = google === undefined ? {} : { gemini: google };
  if (wire) return { [wire]: address, ...own };
  return provider === 'openai' ? { responses: address, chat: address } : { chat: address, ...own };
}

function isVendor(provider: string): provider is Reachable {
  return Object.hasOwn(ADDRESSES, provider);
}

const no = (code: string, message: string, next: string): FoundVendor => ({ ok: false, code, message, next });
