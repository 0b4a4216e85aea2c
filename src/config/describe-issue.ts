import { z } from 'zod';
import { nearestKey } from './nearest-key.ts';
import { configSchema } from './schema.ts';

/** What is wrong at one place of a config. `isAboutKey`: the key itself, not its value. */
export interface Description {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly isAboutKey: boolean;
}

/** Says in plain words what zod found in a file of this schema. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType = configSchema,
): readonly Description[] {
  const name = issue.path.length > 0 ? `\`${issue.path.join('.')}\`` : 'the file';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const nearest = nearestKey(key, keysAt(issue.path, schema));
      const hint =
        nearest === null ? `known: ${keysAt(issue.path, schema).join(', ')}` : `did you mean \`${nearest}\`?`;
      return {
        path: [...issue.path, key],
        message: `there is no key \`${[...issue.path, key].join('.')}\`; ${hint}`,
        isAboutKey: true,
      };
    });
  }
  if (issue.code === 'invalid_key') {
    const message = `${name} ${issue.issues[0]?.message ?? 'is not a name'}`;
    return [{ path: issue.path, message, isAboutKey: true }];
  }
  return [{ path: issue.path, message: `${name} ${complaint(issue)}`, isAboutKey: false }];
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return 'is empty; give it a value or remove it';
      return `must be ${KINDS[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value': {
      const values = issue.values.map((value) => `\`${String(value)}\``).join(', ');
      return issue.input === undefined ? `is missing; it is one of ${values}` : `must be one of ${values}`;
    }
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a section of keys',
  record: 'a section of keys',
  array: 'a list',
  string: 'text',
  boolean: '`true` or `false`',
  int: 'a whole number',
  number: 'a number',
};

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'object' ? ' entries' : '';
}

/** The keys that the schema knows in the section at `path`. */
function keysAt(path: readonly PropertyKey[], schema: z.core.$ZodType): string[] {
  let section: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    section = unwrapped(section);
    if (section instanceof z.ZodObject) section = section.shape[String(step)];
    else if (section instanceof z.ZodRecord) section = section.valueType;
    else if (section instanceof z.ZodArray) section = section.element;
    else return [];
  }
  section = unwrapped(section);
  return section instanceof z.ZodObject ? Object.keys(section.shape) : [];
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner;
}
