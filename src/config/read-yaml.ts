import { Document, isAlias, isNode, isPair, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';

/** Something wrong in a file. `path` is the key, dotted, or empty; line and column are 1-based. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Position = Pick<Problem, 'line' | 'column'>;

export type ReadYaml =
  | {
      readonly ok: true;
      /** The file as plain data; an empty section for an empty file. */
      readonly value: unknown;
      readonly document: Document;
      readonly position: (offset: number) => Position;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MAX_BYTES = 64 * 1024;
const MAX_ALIASES = 20;
/** Deeper than any config, and far from where recursion ends. */
const MAX_DEPTH = 100;
const MAX_PROBLEMS = 50;
const START: Position = { line: 1, column: 1 };
/** Keys that mean something to JavaScript objects. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Reads one YAML 1.2 document of plain data. Whatever makes its meaning doubtful is a problem, a warning included. */
export function readYaml(text: string): ReadYaml {
  if (new TextEncoder().encode(text).length > MAX_BYTES)
    return refused(`the file is over ${MAX_BYTES / 1024} KiB`);

  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [document = new Document({}), second] = documents;
  const stream = 'empty' in documents ? [...documents.errors, ...documents.warnings] : [];
  const problems: Problem[] = [...stream, ...document.errors, ...document.warnings].map(
    ({ message, pos }) => ({
      path: '',
      ...position(pos[0]),
      message: `this is not valid YAML: ${message}`,
    }),
  );
  if (second !== undefined) {
    problems.push({
      path: '',
      ...position(second.range[0]),
      message: 'a second document (`---`) is not allowed',
    });
  }
  problems.push(...doubtfulNodes(document, position));
  problems.splice(MAX_PROBLEMS);
  if (problems.length > 0) return { ok: false, problems };
  try {
    // The aliases are few, and each gives the same object again, so that they cannot make the data large.
    return { ok: true, value: document.toJS({ maxAliasCount: -1 }) ?? {}, document, position };
  } catch {
    return refused('an alias (`*name`) leads nowhere or to itself');
  }
}

function doubtfulNodes(document: Document, position: (offset: number) => Position): Problem[] {
  const problems: Problem[] = [];
  let aliases = 0;
  visit(document, (_, node, path) => {
    if (path.length > MAX_DEPTH) {
      problems.push({ path: '', ...START, message: 'the file is nested too deeply' });
      return visit.BREAK;
    }
    if (isAlias(node)) {
      aliases += 1;
      if (aliases === MAX_ALIASES + 1) {
        const at = position(node.range?.[0] ?? 0);
        problems.push({ path: '', ...at, message: `more than ${MAX_ALIASES} aliases (\`*name\`)` });
      }
    }
    if (!isPair(node)) return undefined;
    if (!isScalar(node.key)) {
      const offset = isNode(node.key) ? (node.key.range?.[0] ?? 0) : 0;
      problems.push({ path: '', ...position(offset), message: 'a key must be plain text' });
      return undefined;
    }
    const key = String(node.key.value);
    const at = position(node.key.range?.[0] ?? 0);
    if (key === '<<') problems.push({ path: key, ...at, message: 'merge keys (`<<`) are not supported' });
    if (FORBIDDEN_KEYS.includes(key))
      problems.push({ path: key, ...at, message: `\`${key}\` cannot be a key` });
    return undefined;
  });
  return problems;
}

function refused(message: string): ReadYaml {
  return { ok: false, problems: [{ path: '', ...START, message }] };
}
