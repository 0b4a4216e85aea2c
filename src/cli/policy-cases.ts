import { z } from 'zod';
import { changeSetSchema } from '../changes/change-set.ts';
import { describeIssue } from '../config/describe-issue.ts';
import { keyOffset, valueOffset } from '../config/locate.ts';
import { type Position, type Problem, readYaml } from '../config/read-yaml.ts';
import { RULES } from '../policy/rules/index.ts';
import { PERMISSIONS } from './policy-circumstances.ts';

const path = z.string().min(1).max(4_096);
const ruleNames = RULES.map(({ name }) => name);

const caseSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    /** Files of the base; without it, those of the directory. */
    base: z.record(path, z.string()).optional(),
    /** The change: the edits of a change set, texts that files get (null: deleted), paths that get one line. */
    changes: changeSetSchema.shape.changes.default([]),
    files: z.record(path, z.string().nullable()).default({}),
    touch: z.array(path).max(1_000).default([]),
    circumstances: z
      .strictObject({
        actor: z.string().default('octocat'),
        permission: z.enum(PERMISSIONS).default('write'),
        labels: z.array(z.string()).default([]),
        agent: z.string().nullable().default(null),
        model: z.string().nullable().default(null),
        cost_usd: z.number().min(0).default(0),
        at: z.iso.datetime('must be a time such as 2026-11-21T14:00:00Z').default('1970-01-01T00:00:00Z'),
      })
      .prefault({}),
    expect: z.strictObject({
      verdict: z.enum(['auto', 'review', 'block']),
      /** Rules that have to be among those that object. */
      rules: z
        .array(
          z.string().refine((name) => ruleNames.includes(name), `is no rule; known: ${ruleNames.join(', ')}`),
        )
        .default([]),
      /** The approvals that are needed, all of them; keys that are left out are not looked at. */
      approvals: z
        .array(
          z.strictObject({
            rule: z.string().optional(),
            required: z.int().min(1).optional(),
            from: z.array(z.string()).optional(),
            paths: z.array(path).optional(),
          }),
        )
        .optional(),
    }),
  })
  .refine(({ changes, files, touch }) => changes.length + Object.keys(files).length + touch.length > 0, {
    path: ['name'],
    message: 'changes nothing; give `touch`, `files` or `changes`',
  });

const casesSchema = z.strictObject({ cases: z.array(caseSchema).min(1).max(500) });

/** One case: a change, what it came about under, and what policy has to say of it. */
export type PolicyCase = z.output<typeof caseSchema> & {
  /** Where the case, and each thing that it expects, stands in the file. */
  readonly at: Readonly<Record<'name' | 'verdict' | 'rules' | 'approvals', Position>>;
};

type ReadCases =
  | { readonly ok: true; readonly cases: readonly PolicyCase[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a file of cases. One mistake makes the whole file invalid. Never throws. */
export function readPolicyCases(text: string): ReadCases {
  const read = readYaml(text);
  if (!read.ok) return read;
  const { value, document, position } = read;
  const placeOf = (key: readonly PropertyKey[]) => position(valueOffset(document, key));
  const parsed = casesSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      describeIssue(issue, casesSchema).map(({ path: key, message, isAboutKey }) => {
        const offset = isAboutKey ? keyOffset(document, key) : null;
        return { path: key.join('.'), ...(offset === null ? placeOf(key) : position(offset)), message };
      }),
    );
    return { ok: false, problems };
  }
  const cases = parsed.data.cases.map((each, index) => {
    const expected = (key: string) => placeOf(['cases', index, 'expect', key]);
    const name = placeOf(['cases', index, 'name']);
    const at = {
      name,
      verdict: expected('verdict'),
      rules: expected('rules'),
      approvals: expected('approvals'),
    };
    return { ...each, at };
  });
  return { ok: true, cases };
}
