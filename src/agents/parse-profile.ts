import { z } from 'zod';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import {
  type AgentProfile,
  canEdit,
  type ProfileProblem,
  RUNNERS,
  type Runner,
  toolsNamed,
} from './profile.ts';

export type ParsedProfile =
  | { readonly ok: true; readonly profile: AgentProfile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

const NAME = /^[a-z0-9][a-z0-9-]{0,38}$/;
/** The words of the mention grammar that an agent of the same name could not be told from. A test compares with VERBS. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(
  (
    'all everyone help status doctor why fix ask review preview plan approve deny stop retry undo compare debate ' +
    'round-robin relay consensus autopilot add remove agent preset set summarize prompt search history context ' +
    'budget flow req trace analyze lessons'
  ).split(' '),
);
/** GitHub's limit for the body of an agent's file. */
const LONGEST_INSTRUCTIONS = 30_000;

const line = (longest: number) =>
  z
    .string('must be text')
    .trim()
    .min(1, 'is empty')
    .max(longest, `is over ${longest} characters`)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line without invisible characters');
const names = (entry: z.ZodType<string, string>) =>
  z
    .union([z.string().transform(splitList), z.array(z.string())], 'must be a list, or names with commas')
    .pipe(z.array(entry));

const word = z
  .string('must be a list of texts')
  .max(4_096, 'has a word of over 4096 characters')
  .regex(/^[^\0]*$/, 'holds a NUL character');

/** What we read of the front matter. Keys that are GitHub's or another tool's are left alone. */
const frontMatterSchema = z.looseObject({
  name: line(100).optional(),
  description: z
    .string({
      error: ({ input }) => (input === undefined ? 'is missing: say what the agent is for' : 'must be text'),
    })
    .trim()
    .min(1, 'is empty')
    .max(2_000, 'is over 2000 characters'),
  tools: names(z.string()).optional(),
  metadata: z.record(z.string(), z.unknown(), 'must be a section of keys').default({}),
});
const metadataSchema = z.strictObject({
  'conductor.title': line(80).optional(),
  'conductor.models': names(
    z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is not the name of a model in the config'),
  ).optional(),
  'conductor.runner': z
    .enum(RUNNERS, `is none of the runners that there are: ${RUNNERS.join(', ')}`)
    .optional(),
  'conductor.command': z
    .tuple([word.min(1, 'names no program')], word, 'must be a list: the program, then its arguments')
    .refine((words) => words.length <= 100, 'has over 100 words')
    .optional(),
});
type Metadata = z.output<typeof metadataSchema>;

/**
 * Reads an agent's file in GitHub's format: front matter between `---` lines, then the instructions. The name comes
 * from the file's name. Our keys stand under `metadata` and start with `conductor.`; others there are left alone.
 * Tells all that is wrong, not only the first. Never throws.
 */
export function parseProfile(text: string, path: string): ParsedProfile {
  const name = nameOf(path);
  const read = readFrontMatter(text);
  if (!read.ok) {
    const fix = 'Write the keys as plain YAML between two lines of `---`.';
    const broken = { path, ...read.at, message: `The front matter is not valid: ${read.message}.`, fix };
    return { ok: false, problems: [...nameProblems(name, path), broken] };
  }
  const front = frontMatterSchema.safeParse(read.value);
  const ours = metadataSchema.safeParse(front.success ? ownKeys(front.data.metadata) : {});
  const problems = [
    ...nameProblems(name, path),
    ...bodyProblems(read, path),
    ...issueProblems(front.error?.issues ?? [], [], read, path),
    ...issueProblems(ours.error?.issues ?? [], ['metadata'], read, path),
    ...runnerProblems(ours.data ?? {}, read, path),
  ];
  if (problems.length > 0 || !front.success || !ours.success) return { ok: false, problems };

  const tools = front.data.tools === undefined ? 'all' : toolsNamed(front.data.tools);
  const runner = runnerOf(ours.data);
  const profile = {
    name,
    title: ours.data['conductor.title'] ?? front.data.name ?? name,
    description: front.data.description,
    instructions: read.body || front.data.description,
    tools,
    models: ours.data['conductor.models'] ?? [],
    ...(runner && { runner }),
    source: path,
    mayEdit: canEdit(tools),
  };
  return { ok: true, profile };
}

/** The agent's name, from `NAME.agent.md` or `NAME.md`. */
export function nameOf(path: string): string {
  return /([^/]*?)(?:\.agent)?(?:\.md)?$/.exec(path)?.[1] ?? '';
}

type Read = Extract<FrontMatter, { ok: true }>;

function nameProblems(name: string, path: string): ProfileProblem[] {
  const at = { path, line: 1, column: 1 };
  if (!NAME.test(name)) {
    const message = `\`${name.slice(0, 80)}\` is not a name that people can address.`;
    return [
      {
        ...at,
        message,
        fix: 'Name the file with lower-case letters, digits and dashes: `reviewer.agent.md`.',
      },
    ];
  }
  if (!RESERVED_NAMES.has(name)) return [];
  return [
    {
      ...at,
      message: `\`${name}\` is a word that Conductor reads as a command.`,
      fix: 'Give the file another name.',
    },
  ];
}

function bodyProblems({ body, bodyLine }: Read, path: string): ProfileProblem[] {
  if (body.length <= LONGEST_INSTRUCTIONS) return [];
  const message = `The instructions have ${body.length} characters; the limit is ${LONGEST_INSTRUCTIONS}.`;
  return [{ path, line: bodyLine, column: 1, message, fix: 'Shorten them.' }];
}

function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  under: readonly string[],
  { locate }: Read,
  path: string,
): ProfileProblem[] {
  const known = Object.keys(metadataSchema.shape).map((key) => `\`${key}\``);
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      const key = issue.path.join('.') || 'front matter';
      const message = `\`${key}\` ${issue.message}.`;
      return [
        { path, ...locate([...under, ...issue.path]), message, fix: 'Correct it between the `---` lines.' },
      ];
    }
    return issue.keys.map((key) => ({
      path,
      ...locate([...under, key]),
      message: `There is no key \`${key}\`.`,
      fix: `Under \`metadata\` Conductor knows ${known.slice(0, -1).join(', ')} and ${known.at(-1)}.`,
    }));
  });
}

function runnerOf(metadata: Metadata): Runner | undefined {
  const kind = metadata['conductor.runner'];
  const command = metadata['conductor.command'];
  if (kind !== 'command') return kind && { kind };
  return command && { kind, command };
}

function runnerProblems(metadata: Metadata, { locate }: Read, path: string): ProfileProblem[] {
  const isCommand = metadata['conductor.runner'] === 'command';
  if (isCommand === (metadata['conductor.command'] !== undefined)) return [];
  const key = isCommand ? 'conductor.runner' : 'conductor.command';
  const message = isCommand
    ? 'There is a runner `command`, but no `conductor.command` that says which program.'
    : 'There is a `conductor.command`, but the runner is not `command`.';
  const fix = isCommand
    ? 'Add `conductor.command: [program, argument]` under `metadata`.'
    : 'Add `conductor.runner: command`, or take the command away.';
  return [{ path, ...locate(['metadata', key]), message, fix }];
}

function ownKeys(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.startsWith('conductor.')));
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
