import type { Workspace } from '../../changes/workspace.ts';
import { isProse, isReadable, languageOf } from '../languages.ts';
import type { Clues } from './clues.ts';
import { changedTogether } from './co-changes.ts';
import { findPhrases } from './find-phrases.ts';
import { type FileIndex, indexFile } from './index-file.ts';
import { pageRank } from './page-rank.ts';
import { readTexts } from './read-texts.ts';
import { edgesBetween, scoreContent } from './score-content.ts';
import { scorePaths } from './score-paths.ts';

/** A file with how much speaks for it. The texts of candidates come along: they were read anyway. */
export interface RankedFile {
  readonly path: string;
  readonly score: number;
  readonly text: string;
  readonly index: FileIndex;
}

/** Files that are read and indexed. What is named in the request is among the first of them in any repository. */
const MOST_CANDIDATES = 250;
/** What a search for a quoted text, or a commit that touched a named file too, adds to a file's score. */
const PHRASE = 60;
const TOGETHER = 6;
const CHANGED = 30;
/** How much the graph of references may add, against the best of what speaks for a file directly. */
const SHARE_OF_RANK = 0.2;

/**
 * The files of a repository that a request is about, best first, without a model and without an index kept anywhere:
 * by their paths, then by what stands in the most likely of them, then by who refers to whom. `changed`: files that the
 * thread's own pull request changes. The same input gives the same order.
 */
export async function rankFiles(
  workspace: Workspace,
  clues: Clues,
  changed: readonly string[],
): Promise<readonly RankedFile[]> {
  const entries = await workspace.list();
  const paths = entries
    .filter(({ path, mode }) => mode.startsWith('100') && isReadable(path))
    .map(({ path }) => path);
  const scores = scorePaths(paths, clues);
  const raise = (path: string, by: number) => scores.set(path, (scores.get(path) ?? 0) + by);

  for (const [path, share] of await findPhrases(workspace, clues, paths)) raise(path, PHRASE * share);
  for (const path of changed) raise(path, CHANGED);
  for (const [path, share] of await changedTogether(workspace.past, best(scores, 10)))
    raise(path, TOGETHER * share);

  const known = new Set(paths);
  const candidates = withRest(best(scores, MOST_CANDIDATES), paths).filter((path) => known.has(path));
  const texts = await readTexts(workspace, candidates);
  const files = [...texts].map(([path, text]) => ({ path, text, index: indexFile(text, isProse(path)) }));

  const direct = scoreContent(files, clues).map((score, at) => {
    const path = files[at]?.path ?? '';
    return (score + (scores.get(path) ?? 0)) * worthOf(path, clues);
  });
  const rank = pageRank(direct, edgesBetween(files));
  const most = Math.max(...direct, 0);
  const mostRank = Math.max(...rank, Number.MIN_VALUE);
  return files
    .map((file, at) => ({
      ...file,
      score:
        (direct[at] ?? 0) + (SHARE_OF_RANK * most * worthOf(file.path, clues) * (rank[at] ?? 0)) / mostRank,
    }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

function best(scores: ReadonlyMap<string, number>, most: number): string[] {
  return [...scores]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([path]) => path);
}

/** A small repository is read whole: names may stand in files whose paths say nothing. */
function withRest(found: readonly string[], paths: readonly string[]): readonly string[] {
  if (found.length >= MOST_CANDIDATES) return found;
  const code = paths.filter((path) => languageOf(path) !== null);
  const rest = code.length <= MOST_CANDIDATES * 4 ? code : [];
  return [...new Set([...found, ...rest])].slice(0, MOST_CANDIDATES);
}

/** Tests, examples and what was generated use the names that the code defines, and are seldom what is meant. */
function worthOf(path: string, { words }: Clues): number {
  if (/(?:^|\/)(?:vendor|third_party|node_modules|dist|build|generated|__snapshots__)\//.test(path))
    return 0.2;
  const isTest =
    /(?:^|\/)(?:tests?|specs?|__tests__|fixtures?|testdata|examples?|bench)\/|[._-](?:test|spec)\.\w+$|_test\.\w+$/.test(
      path,
    );
  if (isTest) return words.has('test') || words.has('spec') ? 1 : 0.4;
  if (isProse(path)) return words.has('doc') || words.has('readm') || words.has('document') ? 1 : 0.5;
  return languageOf(path) === null ? 0.6 : 1;
}
