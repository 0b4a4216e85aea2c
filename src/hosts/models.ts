import { parse } from 'yaml';
import { z } from 'zod';
import type { Model, Price } from '../agents/model.ts';
import { anthropicMessages } from '../agents/models/anthropic-messages.ts';
import { BUILT_IN_SCRIPT } from '../agents/models/built-in-script.ts';
import { openaiChat } from '../agents/models/openai-chat.ts';
import { openaiResponses } from '../agents/models/openai-responses.ts';
import { scripted, scriptSchema } from '../agents/models/scripted.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Config } from '../config/schema.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { Models } from '../runs/ports.ts';
import { isLocal, withoutSlash } from './environment.ts';

/** Where `agent.type: mock` looks for a script of the repository's own. */
const MOCK_SCRIPT = '.github/conductor/mock.yml';

const FREE: Price = { input: 0, output: 0 };

/** Variables that name a vendor's key and address when a model entry names none. */
const VENDOR = {
  anthropic: { key: 'ANTHROPIC_API_KEY', url: 'ANTHROPIC_BASE_URL' },
  openai: { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  'openai-compatible': { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
} as const;

/** Opens the models that a repository configures. `variables`: the host's environment, from which keys are taken by name. */
export function configuredModels(variables: Readonly<Record<string, string | undefined>>): Models {
  return {
    async open(config, name, trusted) {
      if (config.agent.type === 'mock')
        return openScripted({ name: 'mock', model: 'mock', price: FREE }, MOCK_SCRIPT, trusted, true);
      const entry = config.models[name];
      if (!entry)
        return refuse(
          'model_unknown',
          `There is no model \`${name}\`.`,
          `Configured: ${Object.keys(config.models).join(', ') || 'none'}.`,
        );
      const price = priceOf(entry);
      if (entry.provider === 'scripted')
        return openScripted(
          { name, model: entry.model, price: price ?? FREE },
          entry.script ?? MOCK_SCRIPT,
          trusted,
          false,
        );

      const vendor = VENDOR[entry.provider];
      const variable = entry.api_key_env ?? vendor.key;
      const apiKey = variables[variable];
      if (!apiKey) {
        return refuse(
          'model_key_missing',
          `The model \`${name}\` needs a key in the variable \`${variable}\`, which is not set.`,
          `Set ${variable} where Conductor runs; never write a key into the repository.`,
        );
      }
      if (entry.base_url && !mayReceiveKeys(entry.base_url, variables)) {
        return refuse(
          'model_address_not_allowed',
          `The model \`${name}\` is at an address that this Conductor does not send its keys to.`,
          'Whoever runs it can allow the address in MODEL_BASE_URLS.',
        );
      }
      const baseUrl = entry.base_url ?? variables[vendor.url] ?? null;
      const options = { name, model: entry.model, apiKey, baseUrl, price };
      return value(openVendor(entry.provider, options));
    },
  };
}

/**
 * A repository's config names addresses, and the host's keys travel to them: only to this machine, and to those that
 * the host lists in MODEL_BASE_URLS, or has set as a vendor's address itself.
 */
function mayReceiveKeys(address: string, variables: Readonly<Record<string, string | undefined>>): boolean {
  if (isLocal(address)) return true;
  const listed = (variables.MODEL_BASE_URLS ?? '').split(/[\s,]+/);
  const own = Object.values(VENDOR).map(({ url }) => variables[url]);
  return [...listed, ...own].some((allowed) => allowed && withoutSlash(allowed) === withoutSlash(address));
}

type Entry = Config['models'][string];
type VendorOptions = {
  name: string;
  model: string;
  apiKey: string;
  baseUrl: string | null;
  price: Price | null;
};

function openVendor(provider: Exclude<Entry['provider'], 'scripted'>, options: VendorOptions): Model {
  switch (provider) {
    case 'anthropic':
      return anthropicMessages(options);
    case 'openai':
      return openaiResponses(options);
    case 'openai-compatible':
      return openaiChat(options);
  }
}

function priceOf({ price }: Entry): Price | null {
  if (!price) return null;
  return {
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read,
    cacheWrite: price.cache_write,
  };
}

async function openScripted(
  options: { name: string; model: string; price: Price },
  path: string,
  trusted: Workspace,
  orBuiltIn: boolean,
): Promise<StepResult<Model>> {
  const bytes = await trusted.read(path);
  if (bytes === null && orBuiltIn) return value(scripted({ ...options, script: BUILT_IN_SCRIPT }));
  if (bytes === null)
    return refuse(
      'script_missing',
      `The script \`${path}\` is not on the base branch.`,
      'Add it, or correct `script:` in the config.',
    );
  const script = scriptSchema.safeParse(readYaml(new TextDecoder().decode(bytes)));
  if (!script.success)
    return refuse(
      'script_invalid',
      `The script \`${path}\` is not valid: ${z.prettifyError(script.error)}`,
      'Correct it on the base branch.',
    );
  return value(scripted({ ...options, script: script.data }));
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return error;
  }
}

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));
