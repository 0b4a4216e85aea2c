import { z } from 'zod';
import { globProblem, globsProblem, MAX_GLOBS } from './globs.ts';

/** Limits of what a list may say, so that a policy file of any content is evaluated in well under a second. */
const glob = z.string().superRefine((value, context) => {
  const problem = globProblem(value);
  if (problem)
    context.addIssue({
      code: 'custom',
      message: `the glob ${JSON.stringify(value.slice(0, 80))} ${problem}`,
    });
});
const globs = z
  .array(glob)
  .max(MAX_GLOBS)
  .superRefine((list, context) => {
    const problem = globsProblem(list);
    if (problem) context.addIssue({ code: 'custom', message: `the globs ${problem}` });
  });

const approver = z
  .string()
  .max(200)
  .regex(
    /^(?:owners|team:[A-Za-z0-9][A-Za-z0-9-]*\/[a-z0-9][a-z0-9._-]*|permission:(?:admin|maintain|write))$/,
    'is not "owners", "team:ORGANISATION/TEAM" or "permission:admin|maintain|write"',
  );

export const changeLimitsSchema = z
  .strictObject({
    max_files: z
      .int()
      .min(1)
      .max(5_000)
      .default(20)
      .describe('Files that one change may touch before a person has to look at it.'),
    max_lines_changed: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(800)
      .describe('Lines added and removed, together, before a person has to look at the change.'),
  })
  .describe('How large a change may be. A larger one is held for review.');

export const policySchema = z
  .strictObject({
    auto: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe('Whether any change may go without an approval. Off: a person approves every change.'),
        paths: globs
          .default(['docs/**'])
          .describe('Globs of the files that such a change may touch; every file of it has to match one.'),
        max_files: z.int().min(1).max(5_000).default(2).describe('Files that such a change may touch.'),
        max_lines_changed: z
          .int()
          .min(1)
          .max(1_000_000)
          .default(50)
          .describe('Lines added and removed, together, that such a change may have.'),
        merge: z
          .boolean()
          .default(true)
          .describe(
            'Have GitHub merge such a change by itself once its required checks and reviews let it, where the repository allows auto-merge.',
          ),
      })
      .prefault({})
      .describe('Which changes need no approval. Every other rule still has to agree.'),
    forbidden_paths: globs
      .default(['.github/workflows/**'])
      .describe(
        'Globs of files that no change may touch, in whatever spelling. `.github/workflows/**` is always forbidden, since GitHub lets neither the App nor the Action write there.',
      ),
    protected_paths: globs
      .default([])
      .describe(
        "Globs of files that need an owner's approval. A name without a wildcard also means what is below it.",
      ),
    approvals: z
      .strictObject({
        required: z.int().min(1).max(10).default(1).describe('Approvals that a change under review needs.'),
        from: z
          .array(approver)
          .min(1)
          .max(50)
          .default(['owners'])
          .describe(
            'Who may approve: `owners` (code owners of the files; of files without any, who maintains the repository), `team:ORGANISATION/TEAM`, `permission:maintain`.',
          ),
        expires_hours: z
          .int()
          .min(1)
          .max(8_760)
          .default(168)
          .describe('Hours after which an approval counts no more.'),
      })
      .prefault({})
      .describe('Whose yes a change under review needs, and how many of them.'),
  })
  .describe('What an agent may change, and who has to agree.');

type ChangeLimits = z.output<typeof changeLimitsSchema>;
export type PolicySection = z.output<typeof policySchema>;

/** The part of the config that policy reads. A whole config is one, too. */
export interface PolicySettings {
  readonly change_limits: ChangeLimits;
  readonly policy: PolicySection;
}

/** What holds where no config says otherwise: a person approves everything, and workflows stay as they are. */
export function defaultSettings(): PolicySettings {
  return { change_limits: changeLimitsSchema.parse({}), policy: policySchema.parse({}) };
}
