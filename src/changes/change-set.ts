import { z } from 'zod';

/** The most changes one change set may hold. A larger one is not a proposal that a person can review. */
export const MAX_CHANGES = 5_000;
/** The longest path, in UTF-16 code units; Linux's PATH_MAX. Whether a path is safe is `pathProblem`'s question. */
export const MAX_PATH_LENGTH = 4_096;
/** The most text of all changes together, in UTF-16 code units. */
export const MAX_TOTAL_TEXT = 10_000_000;

const path = z
  .string()
  .max(MAX_PATH_LENGTH)
  .describe('Where the file is, from the root of the repository, with /.');
const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds a lone surrogate, which no file can store');

const createFile = z.strictObject({
  op: z.literal('create_file'),
  path,
  content: text.describe('The whole text of the new file.'),
  mode: z
    .string()
    .regex(/^[0-7]{6}$/, 'is not a git file mode: six octal digits')
    .optional()
    .describe("git's file mode; 100644 when absent. Policy judges any other."),
});

const replaceRange = z.strictObject({
  op: z.literal('replace_range'),
  path,
  start_line: z.int().min(1).describe('First line to replace, 1-based, counted in the base text.'),
  end_line: z.int().min(0).describe('Last line to replace, inclusive, counted in the base text.'),
  content: text.describe('The lines to put there; an empty text deletes the range.'),
  expect: text
    .optional()
    .describe('The old text of these lines; the edit is refused when something else is there.'),
});

const replaceText = z.strictObject({
  op: z.literal('replace_text'),
  path,
  old: text.describe('Text that stands in the file exactly once.'),
  new: text.describe('What to put in its place.'),
  all: z.boolean().optional().describe('Replace every occurrence instead of exactly one.'),
});

const deleteFile = z.strictObject({ op: z.literal('delete_file'), path });

const renameFile = z.strictObject({ op: z.literal('rename_file'), path, to: path });

/** One edit, told apart by `op`. An unknown key is an error: nothing that is not understood is accepted. */
const changeSchema = z.discriminatedUnion('op', [
  createFile,
  replaceRange,
  replaceText,
  deleteFile,
  renameFile,
]);

/** The edits that an agent proposes against one base commit (design.md, section 7). */
export const changeSetSchema = z
  .strictObject({
    version: z.literal(1),
    base: z.string().min(1).max(100).describe('The commit that the edits are made against.'),
    summary: text.max(20_000).describe('What changes and why, for people.'),
    changes: z.array(changeSchema).max(MAX_CHANGES),
  })
  .refine((set) => textLength(set.changes) <= MAX_TOTAL_TEXT, {
    path: ['changes'],
    message: `holds more than ${MAX_TOTAL_TEXT} characters of text`,
    params: { tooLarge: true },
  });

export type Change = z.infer<typeof changeSchema>;
export type ChangeSet = z.infer<typeof changeSetSchema>;

/** Every path that a change, or an edit, names: both ends of a rename. */
export function pathsOf(change: { readonly path: string; readonly to?: string }): readonly string[] {
  return change.to === undefined ? [change.path] : [change.path, change.to];
}

function textLength(changes: readonly Change[]): number {
  let length = 0;
  for (const change of changes) {
    if ('content' in change) length += change.content.length;
    if (change.op === 'replace_range') length += change.expect?.length ?? 0;
    if (change.op === 'replace_text') length += change.old.length + change.new.length;
  }
  return length;
}
