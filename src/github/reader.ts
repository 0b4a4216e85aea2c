import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { Base, Permission, Reader } from '../runs/ports.ts';
import type { Client } from './client.ts';
import type { Comments, Identity } from './comments.ts';
import { statusOf, translate } from './errors.ts';
import type { RepositorySource } from './repository.ts';

const PERMISSIONS: readonly Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** Reads GitHub for one run: permissions and the thread over REST, the repository itself through git. */
export function createReader(
  request: CommandRequest,
  client: Client,
  source: RepositorySource,
  comments: Comments,
  identity: Identity,
): Reader {
  const { owner, name: repo, defaultBranch } = request.repository;
  const { thread } = request;

  async function branchBase(branch: string): Promise<StepResult<Base>> {
    const commit = await source.fetch(`refs/heads/${branch}`);
    if (commit === null) return baseGone(branch);
    return value({ commit, branch, trustedCommit: commit, readOnlyReason: null, pull: null });
  }

  /** A pull request's base: changes go on top of its head, trust comes from the branch that it wants to go to. */
  async function pullRequestBase(number: number): Promise<StepResult<Base>> {
    const { data } = await client.pulls.get({ owner, repo, pull_number: number });
    const trustedCommit = await source.fetch(`refs/heads/${data.base.ref}`);
    if (trustedCommit === null) return baseGone(data.base.ref);
    const commit = await source.fetch(`refs/pull/${number}/head`);
    if (commit === null) return baseGone(`pull request #${number}`);
    const fromFork = data.head.repo?.id !== request.repository.id;
    const own = !fromFork && data.user?.login === identity.login && isMarked(data.body ?? '');
    return value({
      commit,
      branch: data.head.ref,
      trustedCommit,
      readOnlyReason: fromFork
        ? 'This pull request comes from a fork, which Conductor may not write to.'
        : null,
      pull: {
        number,
        head: commit,
        headBranch: data.head.ref,
        baseBranch: data.base.ref,
        own,
        conflicts: data.mergeable === false,
      },
    });
  }

  return {
    async permissionOf(person) {
      try {
        const { data } = await client.repos.getCollaboratorPermissionLevel({
          owner,
          repo,
          username: person.login,
        });
        // A login can change hands; the account's number can't.
        if (data.user?.id !== person.id) return 'none';
        return (
          PERMISSIONS.find((known) => known === data.role_name) ??
          PERMISSIONS.find((known) => known === data.permission) ??
          'none'
        );
      } catch (error) {
        if (statusOf(error) === 403 || statusOf(error) === 404) return 'none';
        throw translate(error, `asking for the permission of ${person.login}`);
      }
    },
    async base(branch, pull) {
      try {
        const number = pull ?? (thread.kind === 'pull_request' ? thread.number : null);
        return await (branch === null && number !== null
          ? pullRequestBase(number)
          : branchBase(branch ?? defaultBranch));
      } catch (error) {
        throw translate(error, `reading the base of #${thread.number}`);
      }
    },
    workspaceAt: (commit) => source.workspaceAt(commit),
    async transcript() {
      const all = await comments.all();
      return all.map((comment) => ({
        id: comment.id,
        author: comment.author,
        body: comment.body,
        createdAt: comment.createdAt,
        updatedAt: comment.updatedAt,
        own: comment.own,
      }));
    },
  };
}

function baseGone(what: string) {
  return ends(
    outcome(
      'refused',
      'base_gone',
      `The base of this work, ${what}, does not exist.`,
      'Restore the branch, or name another with base_branch, and ask again.',
    ),
  );
}
