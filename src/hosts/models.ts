import { parse } from 'yaml';
import { z } from 'zod';
import type { Capabilities, Model, Price } from '../agents/model.ts';
import { anthropicBedrock, anthropicMessages } from '../agents/models/anthropic-messages.ts';
import type { VendorOptions } from '../agents/models/ask-vendor.ts';
import { BUILT_IN_SCRIPT } from '../agents/models/built-in-script.ts';
import { openaiChat } from '../agents/models/openai-chat.ts';
import { openaiResponses } from '../agents/models/openai-responses.ts';
import { type KnownModel, knownModel, vendorAt } from '../agents/models/price-table.ts';
import { scripted, scriptSchema } from '../agents/models/scripted.ts';
import { toolsInWords } from '../agents/models/tools-in-words.ts';
import { withinContext } from '../agents/models/within-context.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Config } from '../config/schema.ts';
import type { Mask } from '../messages/mask.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { Models } from '../runs/ports.ts';
import type { Variables } from './environment.ts';
import { keyMissing, reachOf, type Vendor } from './vendors.ts';

/** Where `agent.type: mock` looks for a script of the repository's own. */
const MOCK_SCRIPT = '.github/conductor/mock.yml';

const FREE: Price = { input: 0, output: 0, source: 'config' };

type Entry = Config['models'][string];
type VendorEntry = Entry & { readonly provider: Vendor };

/**
 * Opens the models that a repository configures. `variables`: the host's environment, from which keys are taken by name,
 * and masked from then on.
 */
export function configuredModels(variables: Variables, mask?: Mask): Models {
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
      const opened = isOfVendor(entry)
        ? await openVendor(name, entry, variables, mask)
        : await openScripted(
            { name, model: entry.model, price: configPrice(entry) ?? FREE },
            entry.script ?? MOCK_SCRIPT,
            trusted,
            false,
          );
      return opened.ok ? value(asConfigured(opened.value, entry)) : opened;
    },
  };
}

function isOfVendor(entry: Entry): entry is VendorEntry {
  return entry.provider !== 'scripted';
}

/** What the config says of a model beside where it is: how long its context is, and that it can't call tools. */
function asConfigured(model: Model, entry: Entry): Model {
  const contextTokens = entry.context_tokens ?? model.capabilities.contextTokens;
  const fitting = withinContext({
    ...model,
    capabilities: { ...model.capabilities, contextTokens, tools: entry.tools },
  });
  return entry.tools ? fitting : toolsInWords(fitting);
}

async function openVendor(
  name: string,
  entry: VendorEntry,
  variables: Variables,
  mask: Mask | undefined,
): Promise<StepResult<Model>> {
  const reach = reachOf(name, entry.provider, entry, variables);
  if (!reach.ok) return refuse(reach.code, reach.message, reach.next);
  const { apiKey, address: baseUrl } = reach;
  if (apiKey !== null) mask?.add(apiKey);
  const known = knownModel(tableVendor(entry, baseUrl), entry.model);
  const options = {
    name,
    label: `${entry.provider}/${entry.model}`,
    model: entry.model,
    baseUrl,
    price: configPrice(entry) ?? known?.price ?? null,
    capabilities: capabilitiesOf(entry, known),
  };
  if (entry.provider === 'bedrock' && (apiKey !== null || !entry.api_key_env))
    return openBedrock({ ...options, apiKey }, variables);
  if (apiKey === null) {
    const { code, message, next } = keyMissing(name, entry.provider, entry);
    return refuse(code, message, next);
  }
  return value(openOverHttp(entry, { ...options, apiKey }));
}

function openOverHttp({ provider, wire, compat }: VendorEntry, options: VendorOptions): Model {
  if (provider === 'anthropic') return anthropicMessages({ ...options, legacy: compat === 'legacy' });
  const format = wire ?? (provider === 'openai' ? 'responses' : 'chat');
  if (format === 'responses') return openaiResponses(options);
  return openaiChat({
    ...options,
    outputLimit: provider === 'openai' ? 'max_completion_tokens' : 'max_tokens',
  });
}

async function openBedrock(
  options: Omit<VendorOptions, 'apiKey'> & { readonly apiKey: string | null },
  variables: Variables,
): Promise<StepResult<Model>> {
  const region = variables.AWS_REGION || variables.AWS_DEFAULT_REGION;
  if (!region)
    return refuse(
      'model_region_missing',
      `The model \`${options.name}\` needs a region in the variable \`AWS_REGION\`, which is not set.`,
      'Set AWS_REGION where Conductor runs.',
    );
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  const credentials =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, sessionToken: variables.AWS_SESSION_TOKEN ?? null }
      : null;
  const model = await anthropicBedrock({ ...options, region, credentials });
  if (model) return value(model);
  return refuse(
    'model_package_missing',
    `The model \`${options.name}\` needs the package \`@anthropic-ai/bedrock-sdk\`, which is not installed.`,
    'Install it where Conductor runs: npm install --save-prod @anthropic-ai/bedrock-sdk',
  );
}

/**
 * Whose prices count for a model without a price of its own. `anthropic` and `openai` name who makes it, at whatever
 * address it is asked; an `openai-compatible` one could be anybody's, so only a vendor's own address says so.
 */
function tableVendor({ provider }: VendorEntry, baseUrl: string | null): string {
  const own = baseUrl === null ? null : vendorAt(baseUrl);
  if (own !== null) return own;
  return provider === 'bedrock' ? 'aws' : provider;
}

function configPrice({ price }: Entry): Price | null {
  if (!price) return null;
  return {
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read,
    cacheWrite: price.cache_write,
    source: 'config',
  };
}

function capabilitiesOf(entry: VendorEntry, known: KnownModel | null): Capabilities {
  const price = configPrice(entry) ?? known?.price;
  return {
    tools: entry.tools,
    // No adapter sends any.
    images: false,
    caching: price ? (price.cacheRead ?? price.input) < price.input : entry.provider !== 'openai-compatible',
    contextTokens: known?.contextTokens ?? null,
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
