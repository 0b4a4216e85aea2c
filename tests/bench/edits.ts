import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyPatch, createTwoFilesPatch } from 'diff';
import { parseEdits } from '../../src/changes/formats/parse-edits.ts';
import { patchText } from '../../src/changes/locate/patch-text.ts';
import { searchReplace } from '../../src/changes/locate/search-replace.ts';
import { type EditCase, editCases, scores, throughConductor } from '../changes/edit-cases.ts';

const LINES = 20_000;
const HUNKS = 20;
const ROUNDS = 15;

/** Scores per format on the public cases: ours, and the `diff` package and `git apply` where the format is theirs. */
export async function editScores() {
  if (editCases === null) return null;
  const undisputed = editCases.filter(({ disputed }) => disputed === undefined);
  const diffs = undisputed.filter(({ format }) => format === 'unified_diff');
  return {
    ours: await scores(undisputed, throughConductor),
    jsdiff: (await scores(diffs, throughJsdiff)).unified_diff,
    git: (await scores(diffs, throughGit)).unified_diff,
  };
}

async function throughJsdiff({ before, edit, options = {} }: EditCase) {
  const { fuzzFactor = 0, autoConvertLineEndings = true } = options;
  try {
    const after = applyPatch(before['file.txt'] ?? '', String(edit), { fuzzFactor, autoConvertLineEndings });
    return after === false ? null : { 'file.txt': after };
  } catch {
    return null;
  }
}

/** `git apply` has no fuzz; zero context is allowed, as the cases mean it. */
async function throughGit({ before, edit }: EditCase) {
  const root = mkdtempSync(join(tmpdir(), 'bench-edits-'));
  try {
    const file = join(root, 'file.txt');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, before['file.txt'] ?? '');
    const patch = String(edit).replace(/^(--- |\+\+\+ ).*$/gm, '$1file.txt');
    execFileSync('git', ['apply', '-p0', '--unidiff-zero', '-'], { cwd: root, input: patch, stdio: 'pipe' });
    return { 'file.txt': readFileSync(file, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Milliseconds of CPU, the least of some rounds in turn: ours, and the `diff` package on the same file. */
export function editCpu() {
  const lines = Array.from(
    { length: LINES },
    (_, index) => `  const value${index} = compute(${index * 7}, ${index % 13});`,
  );
  const before = `${lines.join('\n')}\n`;
  const changed = lines.map((line, index) => (index % (LINES / HUNKS) === 500 ? `${line} // seen` : line));
  const patch = createTwoFilesPatch('f', 'f', before, `${changed.join('\n')}\n`);
  const block = lines
    .slice(12_000, 12_008)
    .map((line, index) => (index === 2 ? line.replace('compute', 'computed') : line));
  const edit = {
    op: 'search_replace' as const,
    path: 'f',
    search: text(block),
    replace: text(block.with(5, '  done();')),
  };
  const small = createTwoFilesPatch('f', 'f', before, `${lines.with(12_005, '  done();').join('\n')}\n`);
  // A search has no line number to start from; the peer's is as far off as can be.
  const fuzzy = small
    .replace(lines[12_003]!, `${lines[12_003]} `)
    .replace(/@@ -\d+,(\d+) \+\d+/, '@@ -1,$1 +1');

  const least = { search: Infinity, searchPeer: Infinity, hunks: Infinity, hunksPeer: Infinity };
  const work: Readonly<Record<keyof typeof least, () => boolean>> = {
    search: () => searchReplace('f', before, edit).ok,
    searchPeer: () => applyPatch(before, fuzzy, { fuzzFactor: 2 }) !== false,
    hunks: () => patched(before, patch),
    hunksPeer: () => applyPatch(before, patch) !== false,
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(work) as (keyof typeof least)[]) {
      const started = process.cpuUsage();
      if (!work[name]()) throw new Error(`The measured edit was refused: ${name}`);
      const { user, system } = process.cpuUsage(started);
      least[name] = Math.min(least[name], (user + system) / 1000);
    }
  }
  return { ...least, megabytes: before.length / 1e6 };
}

function patched(before: string, patch: string): boolean {
  const parsed = parseEdits('unified-diff', patch);
  const [edit] = parsed.ok ? parsed.edits.edits : [];
  return edit?.op === 'patch_file' && patchText('f', before, edit).ok;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
