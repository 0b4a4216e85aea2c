import { z } from 'zod';

/** Variables that hold Conductor's own, GitHub's or Amazon's secrets. A repository's config must not have them sent to a model. */
const NOT_A_MODEL_KEY =
  /^(?:APP_ID|PRIVATE_KEY(?:_PATH)?|WEBHOOK_SECRET|DATABASE_URL|INPUT_\w*|GITHUB_\w*|GH_\w*|ACTIONS_\w*|RUNNER_\w*|AWS_(?!BEARER_TOKEN_BEDROCK$)\w*)$/;

const dollars = (what: string) =>
  z.number().min(0).max(100_000).describe(`${what}, US dollars per million tokens.`);

const price = z
  .strictObject({
    input: dollars('Tokens sent'),
    output: dollars('Tokens received'),
    cache_read: dollars('Tokens read from the vendor’s cache').optional(),
    cache_write: dollars('Tokens written to the vendor’s cache').optional(),
  })
  .describe(
    'What the model costs. Without it the price table is asked for exactly this id; what that does not know is unpriced, see `budget.unpriced`.',
  );

/** One named backend under `models:`. What depends on the provider is checked in `cross-checks.ts`. */
export const modelEntrySchema = z.strictObject({
  provider: z
    .enum(['anthropic', 'openai', 'openai-compatible', 'bedrock', 'scripted'])
    .describe(
      'Who is asked, and in which wire format. `bedrock` needs the package `@anthropic-ai/bedrock-sdk`; `scripted` answers from a file and needs neither key nor network.',
    ),
  model: z.string().min(1).max(200).describe('The model’s id at its vendor.'),
  base_url: z
    .string()
    .max(500)
    .optional()
    .describe(
      'Where the vendor’s API answers, when not at its own address. `https`, except on this machine; other addresses must be listed in the host’s `MODEL_BASE_URLS`.',
    ),
  api_key_env: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'is not the name of an environment variable, like `LOCAL_KEY`')
    .refine((name) => !NOT_A_MODEL_KEY.test(name), 'names a secret that is not a model’s key')
    .optional()
    .describe('The variable that holds the key, where Conductor runs. Never the key itself.'),
  wire: z
    .enum(['responses', 'chat'])
    .optional()
    .describe(
      'Which of OpenAI’s two formats the address speaks: Responses or Chat Completions. Without it `responses` for `openai`, and `chat` for `openai-compatible`.',
    ),
  compat: z
    .enum(['legacy'])
    .optional()
    .describe(
      'For `anthropic`: `legacy` sends the key as `x-api-key` and asks for API version 2023-06-01, as older gateways expect.',
    ),
  price: price.optional(),
  weight: z
    .number()
    .positive()
    .max(1_000)
    .default(1)
    .describe('Its share of the work among the equals of a list: twice the weight, twice the work.'),
  context_tokens: z
    .int()
    .min(1_000)
    .max(100_000_000)
    .optional()
    .describe(
      'Tokens that the model takes in and gives out together. A longer conversation is not sent to it, and it is asked for no more than fits. Without it what the price table says.',
    ),
  tools: z
    .boolean()
    .default(true)
    .describe(
      '`false` for a model that cannot call tools: it is told of them in words, and asks for them in words.',
    ),
  script: z
    .string()
    .max(300)
    .regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[^\\\0]+$/, 'is not a path inside the repository')
    .optional()
    .describe('For `scripted`: the file of answers, a path in the repository.'),
});

export type ModelEntry = z.output<typeof modelEntrySchema>;
