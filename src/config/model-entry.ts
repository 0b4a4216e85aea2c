import { z } from 'zod';

/** Variables that hold Conductor's own or GitHub's secrets. A repository's config must not have them sent to a model. */
const NOT_A_MODEL_KEY =
  /^(?:APP_ID|PRIVATE_KEY(?:_PATH)?|WEBHOOK_SECRET|DATABASE_URL|INPUT_\w*|GITHUB_\w*|GH_\w*|ACTIONS_\w*|RUNNER_\w*)$/;

const dollars = (what: string) =>
  z.number().min(0).max(100_000).describe(`${what}, US dollars per million tokens.`);

const price = z
  .strictObject({
    input: dollars('Tokens sent'),
    output: dollars('Tokens received'),
    cache_read: dollars('Tokens read from the vendor’s cache').optional(),
    cache_write: dollars('Tokens written to the vendor’s cache').optional(),
  })
  .describe('What the model costs. Without it the model is unpriced; see `budget.unpriced`.');

/** One named backend under `models:`. What depends on the provider is checked in `cross-checks.ts`. */
export const modelEntrySchema = z.strictObject({
  provider: z
    .enum(['anthropic', 'openai', 'openai-compatible', 'scripted'])
    .describe(
      'Which wire format to speak. `scripted` answers from a file and needs neither key nor network.',
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
  price: price.optional(),
  script: z
    .string()
    .max(300)
    .regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[^\\\0]+$/, 'is not a path inside the repository')
    .optional()
    .describe('For `scripted`: the file of answers, a path in the repository.'),
});

export type ModelEntry = z.output<typeof modelEntrySchema>;
