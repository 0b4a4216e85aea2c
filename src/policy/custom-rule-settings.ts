import { z } from 'zod';
import { triedParts } from './glob-index.ts';
import { globsSchema } from './glob-schema.ts';
import { patternCount } from './globs.ts';
import { LANGUAGES } from './languages.ts';

const MAX_RULES = 1_000;
/** Patterns that the globs of all rules may stand for together. */
const MAX_PATTERNS = 1_500;
/** Names with wildcards that have to be tried one by one: the worst of so many take half a second on 5,000 files. */
const MAX_TRIED = 200;

export const approver = z
  .string()
  .max(200)
  .regex(
    /^(?:owners|team:[A-Za-z0-9][A-Za-z0-9-]*\/[a-z0-9][a-z0-9._-]*|permission:(?:admin|maintain|write))$/,
    'is not "owners", "team:ORGANISATION/TEAM" or "permission:admin|maintain|write"',
  );

export const label = z.string().min(1).max(100);
const names = z.array(z.string().min(1).max(100)).min(1).max(50);
const count = z.int().min(1).max(1_000_000);

const whenSchema = z
  .strictObject({
    paths: globsSchema.min(1).optional().describe('Globs of the files that it is about.'),
    languages: z
      .array(z.enum(LANGUAGES))
      .min(1)
      .optional()
      .describe('Languages of these files, by their endings.'),
    labels: z.array(label).min(1).max(50).optional().describe('The thread has one of these labels.'),
    actors: names.optional().describe('One of these people asked, by login.'),
    agents: names.optional().describe('One of these agents proposed it.'),
    models: names
      .optional()
      .describe('One of these models thought last, as the status names it: `anthropic/NAME`.'),
    min_files: count.optional().describe('The change touches as many files or more.'),
    min_lines: count.optional().describe('It adds and removes as many lines or more.'),
    max_files: count.optional().describe('It touches no more files. For `auto` only.'),
    max_lines: count.optional().describe('It adds and removes no more lines. For `auto` only.'),
    cost_over_usd: z.number().min(0).max(100_000).optional().describe('The run has cost more until then.'),
  })
  .describe('When it applies: all that is said here holds; of a list, one is enough.');

const customRuleSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,63}$/, 'is not a name of letters, digits, spaces and dashes')
      .describe('What its reasons are called by.'),
    when: whenSchema.prefault({}),
    // biome-ignore lint/suspicious/noThenProperty: the key of the config file; nothing awaits it.
    then: z.enum(['auto', 'review', 'block']).describe('What follows. The strictest of all rules wins.'),
    approvals: z
      .strictObject({
        required: z.int().min(1).max(10).default(1).describe('How many of them.'),
        from: z.array(approver).min(1).max(50).describe('Who may approve, as in `policy.approvals.from`.'),
      })
      .optional()
      .describe('Whose yes it needs beside the usual ones.'),
    message: z.string().min(1).max(500).optional().describe('What people are told.'),
  })
  .superRefine((rule, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const lets = rule.then === 'auto';
    if (lets && rule.when.paths === undefined)
      refuse(['when'], 'a rule with `then: auto` names the `paths` that it lets through');
    for (const key of lets
      ? (['min_files', 'min_lines', 'cost_over_usd'] as const)
      : (['max_files', 'max_lines'] as const)) {
      if (rule.when[key] === undefined) continue;
      refuse(
        ['when', key],
        `\`${key}\` would make a larger or dearer change pass more easily, so it does not go with \`then: ${rule.then}\``,
      );
    }
    if (rule.approvals !== undefined && rule.then !== 'review')
      refuse(['approvals'], '`approvals` go with `then: review` only');
  });

export type CustomRule = z.output<typeof customRuleSchema>;

export const customRulesSchema = z
  .array(customRuleSchema)
  .max(MAX_RULES)
  .superRefine((rules, context) => {
    const twice = rules.findIndex(
      ({ name }, index) => rules.findIndex((other) => other.name === name) < index,
    );
    if (twice >= 0)
      context.addIssue({ code: 'custom', path: [twice, 'name'], message: 'another rule has this name' });
    const globs = rules.flatMap(({ when }) => when.paths ?? []);
    if (patternCount(globs) > MAX_PATTERNS)
      context.addIssue({
        code: 'custom',
        message: `the globs of all rules stand for more than ${MAX_PATTERNS} patterns`,
      });
    else if (triedParts(globs) > MAX_TRIED)
      context.addIssue({
        code: 'custom',
        message: `the globs of all rules hold more than ${MAX_TRIED} different names with wildcards, other than those like \`*.ts\``,
      });
  });
