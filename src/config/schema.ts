import { z } from 'zod';
import { changeLimitsSchema, policySchema } from '../policy/settings.ts';
import { modelEntrySchema } from './model-entry.ts';

const modelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is not a name of lower-case letters, digits, dots and dashes');
const agentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'is not an agent’s name: lower-case letters, digits and dashes');
/** Under Conductor's own prefix, where what a run makes begins with a digit. */
const LEDGER_BRANCH = /^conductor\/[a-z][a-z0-9-]*$/;
const STYLE_CHARACTERS = 2_000;
const dollars = z.number().positive().max(100_000);

/** What a change may become, in the words of the config and of `--output=`. */
export const OUTPUTS = ['pr', 'patch', 'comment'] as const;
export type Output = (typeof OUTPUTS)[number];

/**
 * The whole of `.github/conductor.yml`, closed: an unknown key is an error. Types, checks, the reference page and the
 * JSON Schema for editors all come from here. A key stands here only when something enforces it; a test holds that.
 */
export const configSchema = z.strictObject({
  trigger: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/,
      'must be lower-case letters, digits and dashes, without the `@`',
    )
    .default('conductor')
    .describe('The word people mention: `@conductor` in a comment.'),
  models: z
    .record(modelName, modelEntrySchema)
    .default({})
    .describe('Named model backends. Agents refer to them by these names.'),
  agent: z
    .strictObject({
      type: z
        .enum(['llm', 'mock'])
        .default('llm')
        .describe('`llm` asks the configured models; `mock` answers from a script, offline and free.'),
      default: agentName
        .default('coder')
        .describe('The agent that answers when nobody is addressed by name.'),
      models: z
        .array(z.union([modelName, z.array(modelName).min(1).max(20)]))
        .max(20)
        .default([])
        .describe(
          'Models for agents that name none themselves, asked in this order: the next where one does not answer. A list inside the list holds equals, which share the work by their `weight`. Empty: as listed under `models`.',
        ),
    })
    .prefault({})
    .describe('Which agent answers, and with which models.'),
  output: z
    .enum(OUTPUTS)
    .default('pr')
    .describe(
      'What a change becomes: `pr` opens a pull request, `patch` shows the diff in the thread and opens nothing, `comment` allows words only. A request may say otherwise: `--output=patch`.',
    ),
  style: z
    .union([
      z.string().max(STYLE_CHARACTERS),
      z
        .array(z.string().max(STYLE_CHARACTERS))
        .max(100)
        .refine((lines) => lines.join('\n').length <= STYLE_CHARACTERS, {
          message: `is longer than ${STYLE_CHARACTERS} characters in all`,
        }),
    ])
    .default('')
    .describe(
      'How code and words are to be written here, as text or as a list of lines. Every agent is told.',
    ),
  follow_up: z
    .strictObject({
      changes_requested: z
        .boolean()
        .default(false)
        .describe(
          'A review that requests changes on a pull request of Conductor’s own, by somebody who may command, counts as a request, without a mention.',
        ),
      failing_checks: z
        .boolean()
        .default(false)
        .describe(
          'Checks that fail on a pull request of Conductor’s own are read and repaired, twice at most, without being asked. It spends money.',
        ),
      base_moved: z
        .boolean()
        .default(true)
        .describe(
          'Bring Conductor’s own pull requests along when their base moves and they no longer merge. Kept by the App.',
        ),
    })
    .prefault({})
    .describe('What Conductor does on its own pull requests without a mention.'),
  session: z
    .strictObject({
      timeout_minutes: z
        .int()
        .min(1)
        .max(1_440)
        .default(30)
        .describe(
          'Minutes that agents may think in one run; idle for as long, a thread’s session is archived.',
        ),
      max_participants: z
        .int()
        .min(1)
        .max(100)
        .default(8)
        .describe('Agents that may take part in one session of a thread.'),
      max_turns: z.int().min(1).max(1_000).default(40).describe('Times that a run may ask its model.'),
    })
    .prefault({})
    .describe('How long and how far one run may go.'),
  budget: z
    .strictObject({
      per_run_usd: dollars.default(5).describe('US dollars that one run may cost.'),
      per_thread_usd: dollars.default(20).describe('US dollars that all runs of one thread may cost.'),
      per_day_usd: dollars.default(50).describe('US dollars that all runs of a day may cost.'),
      unpriced: z
        .enum(['refuse', 'allow'])
        .default('refuse')
        .describe('What happens with a model whose price is not known, since no budget can be kept with it.'),
    })
    .prefault({})
    .describe('What work may cost.'),
  change_limits: changeLimitsSchema.prefault({}),
  policy: policySchema.prefault({}),
  security: z
    .strictObject({
      rate_limit_per_minute: z
        .int()
        .min(1)
        .max(1_000)
        .default(10)
        .describe(
          'Commands that one person may give in a minute; a repository takes five times as many. Kept by the App.',
        ),
      allowed_bots: z
        .array(z.int().positive())
        .max(100)
        .default([])
        .describe('Numeric ids of bot accounts that may command. All other bots are ignored.'),
      link_hosts: z
        .array(
          z
            .string()
            .max(253)
            .regex(/^[a-z0-9.-]+(?::\d{1,5})?$/, 'is not a host’s name, like `wiki.example.com`'),
        )
        .max(50)
        .default([])
        .describe(
          'Hosts that links in what agents write may lead to, beside github.com. Other links are shown and lead nowhere; images are never loaded.',
        ),
    })
    .prefault({})
    .describe('Who may command, and where agents’ words may lead.'),
  audit: z
    .strictObject({
      retention_days: z
        .int()
        .min(1)
        .max(36_500)
        .default(400)
        .describe('Days that the ledger’s records are kept.'),
      prompt_days: z
        .int()
        .min(1)
        .max(36_500)
        .default(30)
        .describe('Days that what people asked, and what runs said on the way, is kept.'),
      branch: z
        .string()
        .max(100)
        .regex(LEDGER_BRANCH, 'is not a branch like `conductor/state`')
        .nullable()
        .default(null)
        .describe(
          'A branch like `conductor/state` to which jobs of the Action append the ledger’s rows. The App has a database, and ignores it.',
        ),
    })
    .prefault({})
    .describe('The record of what was done.'),
  logging: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
        .optional()
        .describe(
          'The least important lines that the log gets of this repository’s runs. Never more than the App’s `LOG_LEVEL` lets through, and errors always.',
        ),
    })
    .prefault({})
    .describe('What is logged of this repository’s runs.'),
});

export type Config = z.output<typeof configSchema>;
