import { isLocal, type Variables, withoutSlash } from './environment.ts';

/** Variables that name a vendor's key and address when a model entry names none. */
export const VENDORS = {
  anthropic: { key: 'ANTHROPIC_API_KEY', url: 'ANTHROPIC_BASE_URL' },
  openai: { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  'openai-compatible': { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  bedrock: { key: 'AWS_BEARER_TOKEN_BEDROCK', url: 'ANTHROPIC_BEDROCK_BASE_URL' },
} as const;
export type Vendor = keyof typeof VENDORS;

/** What a config says of where a model is. */
interface Entry {
  readonly base_url?: string | undefined;
  readonly api_key_env?: string | undefined;
}

/** Why a model can't be asked from here, and what to do. */
export interface Unreachable {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** How a model is reached from this host; `apiKey` null: none is set; `address` null: the vendor's own. */
export type Reach =
  | { readonly ok: true; readonly apiKey: string | null; readonly address: string | null }
  | ({ readonly ok: false } & Unreachable);

/** Finds a model's key and address in the host's variables. */
export function reachOf(name: string, vendor: Vendor, entry: Entry, variables: Variables): Reach {
  if (entry.base_url && !mayReceiveKeys(entry.base_url, variables)) {
    return {
      ok: false,
      code: 'model_address_not_allowed',
      message: `The model \`${name}\` is at an address that this Conductor does not send its keys to.`,
      next: 'Whoever runs it can allow the address in MODEL_BASE_URLS.',
    };
  }
  const { key, url } = VENDORS[vendor];
  const apiKey = variables[entry.api_key_env ?? key] || null;
  return { ok: true, apiKey, address: entry.base_url || variables[url] || null };
}

/** What is wrong where a model needs a key and has none. */
export function keyMissing(name: string, vendor: Vendor, entry: Entry): Unreachable {
  const variable = entry.api_key_env ?? VENDORS[vendor].key;
  return {
    code: 'model_key_missing',
    message: `The model \`${name}\` needs a key in the variable \`${variable}\`, which is not set.`,
    next: `Set ${variable} where Conductor runs; never write a key into the repository.`,
  };
}

/**
 * A repository's config names addresses, and the host's keys travel to them: only to this machine, and to those that
 * the host lists in MODEL_BASE_URLS, or has set as a vendor's address itself. Why: docs/adr/0009.
 */
function mayReceiveKeys(address: string, variables: Variables): boolean {
  if (isLocal(address)) return true;
  const listed = (variables.MODEL_BASE_URLS ?? '').split(/[\s,]+/);
  const own = Object.values(VENDORS).map(({ url }) => variables[url]);
  return [...listed, ...own].some((allowed) => allowed && withoutSlash(allowed) === withoutSlash(address));
}
