import { z } from 'zod';
import { approver, customRulesSchema, label } from './custom-rule-settings.ts';
import { globsSchema } from './glob-schema.ts';
import { globsProblem } from './globs.ts';

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
    max_deletions: z
      .int()
      .min(0)
      .max(5_000)
      .default(5)
      .describe('Files that one change may delete before a person has to look at it.'),
    max_file_kib: z
      .int()
      .min(1)
      .max(1_024)
      .default(256)
      .describe('KiB that a new or growing file may have before a person has to look at it.'),
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
        paths: globsSchema
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
    forbidden_paths: globsSchema
      .default(['.github/workflows/**'])
      .describe(
        'Globs of files that no change may touch, in whatever spelling. `.github/workflows/**` is always forbidden, since GitHub lets neither the App nor the Action write there.',
      ),
    protected_paths: globsSchema
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
    ask: z
      .array(
        z.strictObject({
          paths: globsSchema.min(1).describe('Globs of files.'),
          permission: z
            .enum(['triage', 'write', 'maintain', 'admin'])
            .describe('What whoever asks for a change there needs in the repository.'),
          otherwise: z
            .enum(['review', 'block'])
            .default('review')
            .describe('What becomes of a change that somebody with less asked for.'),
        }),
      )
      .max(50)
      .superRefine((list, context) => {
        const problem = globsProblem(list.flatMap(({ paths }) => paths));
        if (problem) context.addIssue({ code: 'custom', message: `the globs ${problem}` });
      })
      .default([])
      .describe(
        'Who may ask for changes where. A change of several such places needs what each of them needs.',
      ),
    when_allowed: z
      .strictObject({
        labels: z
          .array(label)
          .max(50)
          .default([])
          .describe('No change is made unless the thread has one of these labels. Empty: none is needed.'),
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .max(7)
          .default([])
          .describe('Days on which changes are made. Empty: all of them.'),
        hours: z
          .string()
          .regex(
            /^(?:(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00))?$/,
            'is not like "09:00-17:00"',
          )
          .default('')
          .describe(
            'Hours in which changes are made, such as `09:00-17:00`; over midnight, too. Empty: all.',
          ),
        time_zone: z
          .string()
          .max(64)
          .refine(isTimeZone, 'is not a time zone, such as "UTC" or "Europe/Berlin"')
          .default('UTC')
          .describe('The time zone of days and hours, by its IANA name.'),
      })
      .prefault({})
      .describe('When changes are made. Others are blocked, whoever asks.'),
    licenses: z
      .strictObject({
        allow: z
          .array(z.string().regex(/^[A-Za-z0-9.+-]{1,64}$/, 'is not an SPDX licence, such as "MIT"'))
          .max(200)
          .default([])
          .describe(
            'SPDX licences that new packages of an npm lock file may have; others are blocked. Empty: any.',
          ),
      })
      .prefault({})
      .describe('Which licences new packages may have.'),
    rules: customRulesSchema
      .default([])
      .describe(
        'Rules of your own: `when` all of it holds, `then` follows. They hold back beside all other rules; one with `auto` lets through as `policy.auto` does, and only while that is enabled.',
      ),
  })
  .describe('What an agent may change, and who has to agree.');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

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
