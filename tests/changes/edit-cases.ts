import { applyEdits } from '../../src/changes/apply-edits.ts';
import type { Edit, EditFormat, Edits } from '../../src/changes/edit.ts';
import { parseEdits } from '../../src/changes/formats/parse-edits.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { sharedData } from './shared-data.ts';

type Tree = Readonly<Record<string, string>>;

/** A case of edit-cases.json: what should come of an edit, as the tests of some public project say. */
export interface EditCase {
  readonly id: string;
  readonly format: string;
  readonly before: Tree;
  readonly edit: unknown;
  readonly after?: Tree;
  readonly error?: boolean;
  readonly disputed?: string;
  readonly options?: {
    readonly fuzzFactor?: number;
    readonly autoConvertLineEndings?: boolean;
    readonly mode?: string;
  };
}

export interface Score {
  /** Cases with the expected text, or refused as expected. */
  right: number;
  /** Texts other than the expected, and edits made that had to be refused. */
  wrong: string[];
  /** Edits refused that had an expected text. */
  refused: string[];
  cases: number;
}

/** Cases that go against docs/edits.md: lines that an edit does not change keep their spacing. */
const DISPUTED = ['continue-indentation-adjustment-should-handle-whitespaceignoredmatch-w'];

export const editCases: readonly EditCase[] | null =
  sharedData<{ cases: EditCase[] }>('edit-cases.json')?.cases.map((each) =>
    DISPUTED.includes(each.id) ? { ...each, disputed: 'spacing of context' } : each,
  ) ?? null;

/** Scores per format; `engine` gives the files after an edit, or null when it refuses. */
export async function scores(
  cases: readonly EditCase[],
  engine: (each: EditCase) => Promise<Tree | null>,
): Promise<Record<string, Score>> {
  const all: Record<string, Score> = {};
  for (const each of cases) {
    all[each.format] ??= { right: 0, wrong: [], refused: [], cases: 0 };
    const score = all[each.format]!;
    const after = await engine(each);
    const isRight = each.error ? after === null : after !== null && isSame(after, expectedOf(each));
    score.cases += 1;
    if (isRight) score.right += 1;
    else if (after === null) score.refused.push(each.id);
    else score.wrong.push(each.id);
  }
  return all;
}

/**
 * What Conductor should make of a case. Where formats differ in the line end at the end of a file, design.md decides:
 * a file that is there keeps its own (codex adds one), and a file that a patch envelope adds ends in one (a bare V4A
 * body, which the contract does not have, adds none).
 */
function expectedOf({ format, before, after = {}, options }: EditCase): Tree {
  const isBare = (text: string | undefined) => text !== undefined && text !== '' && !text.endsWith('\n');
  return Object.fromEntries(
    Object.entries(after).map(([path, text]) => {
      if (format === 'apply_patch' && isBare(before[path])) return [path, text.replace(/\n$/, '')];
      return [path, format === 'v4a_diff' && options?.mode === 'create' ? `${text}\n` : text];
    }),
  );
}

/** A case through Conductor's own reader and engine, in the format that its own format is, or goes into. */
export async function throughConductor(each: EditCase): Promise<Tree | null> {
  const edits = readCase(each);
  if (edits === null) return null;
  const before = each.options?.mode === 'create' ? {} : each.before;
  // Other engines take a hunk without old lines at its number; here that has to be asked for.
  const isNumberOnly = each.format === 'unified_diff' && /^@@ -\d+,0 /m.test(String(each.edit));
  const latitude = {
    exact: each.options?.autoConvertLineEndings === false || isNumberOnly,
    fuzz: each.options?.fuzzFactor ?? 0,
  };
  const applied = await applyEdits(edits, memoryWorkspace('x', before), latitude);
  if (!applied.ok) return null;
  const after: Record<string, string> = { ...before };
  for (const { op, path, from, after: text } of applied.files) {
    if (from !== null) delete after[from];
    if (op === 'delete') delete after[path];
    else after[path] = text ?? '';
  }
  return after;
}

function readCase({ format, before, edit, options }: EditCase): Edits | null {
  const [only, ...others] = Object.keys(before);
  switch (format) {
    case 'search_replace':
    case 'search_replace_multi':
      return read('search-replace', JSON.stringify(([edit].flat() as Listed[]).map(asListed)));
    case 'replace_range': {
      const { start, end, text } = edit as { start: number; end: number; text: string };
      return range(start, end, text);
    }
    case 'insert_at_line': {
      const { insertBefore, text } = edit as { insertBefore: number; text: string };
      return range(insertBefore, insertBefore - 1, text, '');
    }
    case 'v4a_diff': {
      // An empty body asks for nothing; an envelope has no way to say that.
      if (edit === '') return { format: 'apply-patch', base: null, summary: '', edits: [] };
      const verb = options?.mode === 'create' ? 'Add' : 'Update';
      return read('apply-patch', `*** Begin Patch\n*** ${verb} File: file.txt\n${edit}\n*** End Patch`);
    }
    case 'apply_patch':
      return read('apply-patch', String(edit));
    default: {
      // Cases of one nameless file name it as they like, or not at all.
      const isNameless = only === 'file.txt' && others.length === 0;
      const text =
        isNameless && /^\s*<{7}/.test(String(edit)) ? `file.txt\n${String(edit).trim()}` : String(edit);
      const edits = read(format === 'search_replace_blocks' ? 'search-replace-blocks' : 'unified-diff', text);
      if (!isNameless || edits === null) return edits;
      return { ...edits, edits: edits.edits.map((each): Edit => ({ ...each, path: 'file.txt' })) };
    }
  }
}

function read(format: EditFormat, text: string): Edits | null {
  const parsed = parseEdits(format, text);
  return parsed.ok ? parsed.edits : null;
}

interface Listed {
  readonly search: string;
  readonly replace: string;
  readonly replaceAll?: boolean;
}

function asListed(edit: Listed) {
  const { search, replace, replaceAll } = edit;
  return { path: 'file.txt', search, replace, all: replaceAll ?? false };
}

function range(start_line: number, end_line: number, content: string, expect?: string): Edits | null {
  const change = { op: 'replace_range', path: 'file.txt', start_line, end_line, content, expect };
  return read('change-set', JSON.stringify({ version: 1, base: 'x', summary: '', changes: [change] }));
}

function isSame(one: Tree, other: Tree): boolean {
  const sorted = (tree: Tree) => JSON.stringify(Object.entries(tree).sort());
  return sorted(one) === sorted(other);
}
