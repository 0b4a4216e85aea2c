import { Buffer } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerRow } from '../audit/chain.ts';
import { lineOf, readLine } from '../audit/ledger-line.ts';
import { rechained } from '../audit/rechain.ts';
import type { RepositoryRef } from '../commands/request.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { Client } from './client.ts';
import { refusedWrite, statusOf, translate } from './errors.ts';

/** Where a branch's chain ends, and which commit says so. */
export interface KeptRows extends Anchor {
  readonly commit: string;
}

/** The branch as it stands. `commit` null: there is none. */
interface Standing {
  readonly commit: string | null;
  readonly tree: string | null;
  readonly head: Anchor | null;
  /** The newest file; the next rows go there unless their month is another. */
  readonly newest: { readonly path: string; readonly text: string } | null;
}

/** Other jobs append at the same time: whoever is late reads again, and each time one of them is through. */
const MOST_TRIES = 12;
const LONGEST_PAUSE_MS = 300;
const FILE = /^ledger\/\d{4}-\d{2}\.jsonl$/;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Appends rows to the chain that a branch of its own keeps, as `ledger/YYYY-MM.jsonl`: read its end, chain the rows
 * behind it, one commit, and the ref moved only where it still stands at what was read. The branch is made, without a
 * parent, where there is none; one that holds anything else, and the default branch, are refused. REST alone: a branch
 * without a parent can't be made in GraphQL, and one way is enough.
 */
export async function appendToBranch(
  client: Client,
  repository: RepositoryRef,
  branch: string,
  rows: readonly LedgerRow[],
): Promise<StepResult<KeptRows>> {
  if (branch === repository.defaultBranch || !branch.startsWith('conductor/'))
    return refused(branch, 'is not a branch for the ledger');
  try {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const standing = await readBranch(client, repository, branch);
      if (standing === null) return refused(branch, 'holds something else than a ledger');
      const kept = await commitRows(client, repository, branch, standing, rows);
      if (kept) return value(kept);
      await pause(Math.random() * LONGEST_PAUSE_MS);
    }
    return ends(
      outcome(
        'failed',
        'ledger_branch_busy',
        `Other jobs kept writing to \`${branch}\`, so this job’s rows are not on it.`,
        'They are in the job’s own file; let fewer jobs run at once.',
      ),
    );
  } catch (error) {
    const doing = `writing the ledger to ${branch}`;
    const refusal = refusedWrite(error, doing);
    if (refusal) return refusal;
    throw translate(error, doing);
  }
}

/** Null: it holds files that are none of a ledger's, or one that can't be gone on from. */
async function readBranch(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  branch: string,
): Promise<Standing | null> {
  const commit = await tipOf(client, { owner, repo, branch });
  if (commit === null) return { commit, tree: null, head: null, newest: null };
  const { data: tree } = await client.git.getTree({ owner, repo, tree_sha: commit, recursive: '1' });
  const files = tree.tree.filter(({ type }) => type !== 'tree');
  if (tree.truncated || files.some(({ path }) => !FILE.test(path))) return null;
  const last = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).at(-1);
  if (!last?.sha) return null;
  const { data: blob } = await client.git.getBlob({ owner, repo, file_sha: last.sha });
  const text = Buffer.from(blob.content, 'base64').toString('utf8');
  const head = text.endsWith('\n') ? lastRow(text) : null;
  return head && { commit, tree: tree.sha, head, newest: { path: last.path, text } };
}

async function tipOf(
  client: Client,
  { owner, repo, branch }: { readonly owner: string; readonly repo: string; readonly branch: string },
): Promise<string | null> {
  try {
    return (await client.git.getRef({ owner, repo, ref: `heads/${branch}` })).data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** The row in the last line of a text that ends with a line break; null: there is none that a ledger's file could hold. */
function lastRow(text: string): Anchor | null {
  const row = readLine(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))?.row;
  return row && row.sequence > 0 && HASH.test(row.hash) ? row : null;
}

/** One commit on top of what was read. Null: the branch is no longer there, so that it has to be read again. */
async function commitRows(
  client: Client,
  repository: RepositoryRef,
  branch: string,
  { commit: parent, tree: before, head, newest }: Standing,
  rows: readonly LedgerRow[],
): Promise<KeptRows | null> {
  const { owner, name: repo } = repository;
  const next = rechained(rows, head);
  const last = next.at(-1);
  if (!last) throw new Error('There is nothing to append.');
  // A clock that runs behind must not put rows in front of those that stand there.
  const month = `ledger/${last.at.slice(0, 7)}.jsonl`;
  const path = newest && newest.path > month ? newest.path : month;
  const standing = newest?.path === path ? newest.text : '';
  const content =
    standing + next.map((row) => `${JSON.stringify(lineOf({ row, detail: null, login: null }))}\n`).join('');
  const { data: tree } = await client.git.createTree({
    owner,
    repo,
    ...(before !== null && { base_tree: before }),
    tree: [{ path, mode: '100644', type: 'blob', content }],
  });
  const { data: made } = await client.git.createCommit({
    owner,
    repo,
    tree: tree.sha,
    parents: parent === null ? [] : [parent],
    message: `Ledger rows ${(head?.sequence ?? 0) + 1} to ${last.sequence}`,
  });
  const ref = `heads/${branch}`;
  try {
    // The new commit's one parent is what was read: moved forward only, the ref was there.
    if (parent === null) await client.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: made.sha });
    else await client.git.updateRef({ owner, repo, ref, sha: made.sha, force: false });
  } catch (error) {
    if (![409, 422].includes(statusOf(error) ?? 0)) throw error;
    if ((await tipOf(client, { owner, repo, branch })) === parent) throw error;
    return null;
  }
  return { sequence: last.sequence, hash: last.hash, commit: made.sha };
}

const refused = (branch: string, why: string) =>
  ends(
    outcome(
      'refused',
      'ledger_branch_refused',
      `\`${branch}\` ${why}, so nothing was written to it.`,
      'Give `audit.branch` the name of a branch that does not exist yet.',
    ),
  );
