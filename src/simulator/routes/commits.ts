import { type Answer, ok, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { commitParam } from '../find.ts';
import { diffFiles, diffText, EMPTY_TREE } from '../git/diff.ts';
import { aheadBehind, mergeBase } from '../git/history.ts';
import { readCommit, readCommits } from '../git/objects.ts';
import { resolveCommit } from '../git/refs.ts';
import { fetchObjects } from '../git/seed.ts';
import { isTreePath } from '../git/trees.ts';
import { linkHeaders, pageAnswer, pageOf } from '../pagination.ts';
import { openPulls } from '../pulls.ts';
import { notFound, unserved } from '../refusal.ts';
import { renderCommit, renderFile } from '../render/git.ts';
import { renderPullSimple } from '../render/pulls.ts';
import type { Repository } from '../state.ts';

const PULLS = { app: 'pull_requests:read', user: 'read' } as const;
const READ = { app: 'contents:read', user: 'read' } as const;
/** Source: docs.github.com, "Compare two commits": files and commits per answer. */
const COMPARE_FILES = 300;
const COMPARE_COMMITS = 250;

/** Commits, and what differs between two of them. */
export const commitRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/compare/{basehead}', READ, compare),
  onRepository('GET /repos/{owner}/{repo}/commits', READ, list, { query: ['sha', 'path', 'since', 'until'] }),
  onRepository('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', PULLS, pullsOf),
  onRepository('GET /repos/{owner}/{repo}/commits/{ref}', READ, read),
];

/** Of a commit the open pull requests whose head it is; GitHub gives those that were merged with it, too. */
function pullsOf(call: RepositoryCall): Answer {
  const { repository, world, params } = call;
  const found = openPulls(repository, ({ pull }) => pull.head.sha === params.commit_sha);
  return pageAnswer(call, found, (thread) => renderPullSimple(world, repository, thread));
}

async function list(call: RepositoryCall): Promise<Answer> {
  const { world, repository, query } = call;
  const from = await resolveCommit(repository.directory, query.get('sha') ?? repository.defaultBranch);
  if (from === null) throw notFound();
  const path = query.get('path');
  if (path !== null && !isTreePath(path)) throw notFound();
  const { page, size } = pageOf(call);
  const limits = (['since', 'until'] as const).flatMap((name) => {
    const date = query.get(name);
    return date === null ? [] : [`--${name}=${date}`];
  });
  const all = await readCommits(repository.directory, [
    `--skip=${(page - 1) * size}`,
    `--max-count=${size + 1}`,
    ...limits,
    from,
    '--',
    ...(path === null ? [] : [path]),
  ]);
  const body = all.slice(0, size).map((commit) => renderCommit(world, repository, commit));
  return { status: 200, body, headers: linkHeaders(call, page, all.length > size ? page + 1 : page) };
}

async function read(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const commit = await readCommit(repository.directory, await commitParam(call));
  const before = commit.parents[0] ?? EMPTY_TREE;
  if (wantsDiff(call)) return diffAnswer(await diffText(repository.directory, before, commit.sha));
  const files = await diffFiles(repository.directory, before, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return ok({
    ...renderCommit(world, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, COMPARE_FILES).map((file) => renderFile(world, repository, commit.sha, file)),
  });
}

async function compare(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const { directory } = repository;
  const [, baseName, headName] = /^(.+?)\.\.\.(.+)$/.exec(call.params.basehead ?? '') ?? [];
  if (baseName === undefined || headName === undefined) throw notFound();
  const [base, head] = [await endOf(call, baseName), await endOf(call, headName)];
  const start = await mergeBase(directory, base, head);
  if (start === null) throw notFound();
  if (wantsDiff(call)) return diffAnswer(await diffText(directory, start, head));
  const { page, size } =
    call.query.has('page') || call.query.has('per_page') ? pageOf(call) : { page: 1, size: COMPARE_COMMITS };
  const [{ ahead, behind }, commits, files, ends] = await Promise.all([
    aheadBehind(directory, base, head),
    readCommits(directory, ['--reverse', `${base}..${head}`]),
    page === 1 ? diffFiles(directory, start, head) : [],
    Promise.all([readCommit(directory, base), readCommit(directory, start)]),
  ]);
  const web = world.web(`/${repository.fullName}/compare`);
  const self = world.api(`/repos/${repository.fullName}/compare/${baseName}...${headName}`);
  return {
    status: 200,
    headers: linkHeaders(call, page, Math.max(1, Math.ceil(commits.length / size))),
    body: {
      url: self,
      html_url: `${web}/${baseName}...${headName}`,
      permalink_url: `${web}/${base.slice(0, 12)}...${head.slice(0, 12)}`,
      diff_url: `${web}/${baseName}...${headName}.diff`,
      patch_url: `${web}/${baseName}...${headName}.patch`,
      base_commit: renderCommit(world, repository, ends[0]),
      merge_base_commit: renderCommit(world, repository, ends[1]),
      status:
        ahead > 0 && behind > 0 ? 'diverged' : ahead > 0 ? 'ahead' : behind > 0 ? 'behind' : 'identical',
      ahead_by: ahead,
      behind_by: behind,
      total_commits: commits.length,
      commits: commits
        .slice((page - 1) * size, page * size)
        .map((commit) => renderCommit(world, repository, commit)),
      files: files.slice(0, COMPARE_FILES).map((file) => renderFile(world, repository, head, file)),
    },
  };
}

/** One end of a comparison: a commit, branch or tag here, or `owner:branch` of the same family of forks. */
async function endOf(call: RepositoryCall, name: string): Promise<string> {
  const { repository } = call;
  const local = await resolveCommit(repository.directory, name);
  if (local !== null) return local;
  const [, owner, ref] = /^([^:]+):(.+)$/.exec(name) ?? [];
  if (owner === undefined || ref === undefined) throw notFound();
  const relative = [...call.world.repositories.values()].find(
    (candidate) =>
      candidate.owner.login.toLowerCase() === owner.toLowerCase() && rootOf(candidate) === rootOf(repository),
  );
  const sha = relative === undefined ? null : await resolveCommit(relative.directory, ref);
  if (relative === undefined || sha === null) throw notFound();
  if (relative !== repository) await fetchObjects(repository.directory, relative.directory, sha);
  return sha;
}

function rootOf(repository: Repository): Repository {
  return repository.parent === null ? repository : rootOf(repository.parent);
}

function wantsDiff(call: RepositoryCall): boolean {
  const accept = call.headers.accept ?? '';
  if (/vnd\.github(\.v3)?\.(patch|sha)/.test(accept)) throw unserved(`commits as ${accept}`);
  return /vnd\.github(\.v3)?\.diff/.test(accept);
}

function diffAnswer(body: Buffer): Answer {
  return { status: 200, body, headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' } };
}
