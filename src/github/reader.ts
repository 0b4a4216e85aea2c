import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { Base, Reader } from '../runs/ports.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';
import { livePermission } from './permission.ts';
import type { RepositorySource } from './repository.ts';
import type { Thread } from './thread.ts';
import type { Identity } from './thread-comments.ts';

/** Reads GitHub for one run: the thread and who asks in one request, the repository itself through git. */
export function createReader(
  request: CommandRequest,
  client: Client,
  source: RepositorySource,
  thread: Thread,
  identity: Identity,
): Reader {
  const { owner, name: repo, defaultBranch } = request.repository;
  const { number } = request.thread;

  async function branchBase(branch: string): Promise<StepResult<Base>> {
    const commit = await source.fetch(`refs/heads/${branch}`);
    if (commit === null) return baseGone(branch);
    return value({ commit, branch, trustedCommit: commit, readOnlyReason: null, pull: null });
  }

  /** A pull request's base: changes go on top of its head, trust comes from the branch that it wants to go to. */
  async function pullRequestBase(number: number): Promise<StepResult<Base>> {
    const told = number === request.thread.number ? (await thread.state()).told?.pull : null;
    const pull = told ?? (await pullOverRest(number));
    const trustedCommit = await source.fetch(`refs/heads/${pull.baseBranch}`);
    if (trustedCommit === null) return baseGone(pull.baseBranch);
    const commit = await source.fetch(`refs/pull/${number}/head`);
    if (commit === null) return baseGone(`pull request #${number}`);
    const { headBranch, baseBranch, own, fork, conflicts } = pull;
    return value({
      commit,
      branch: headBranch,
      trustedCommit,
      readOnlyReason: fork ? 'This pull request comes from a fork, which Conductor may not write to.' : null,
      pull: { number, head: commit, headBranch, baseBranch, own, conflicts },
    });
  }

  async function pullOverRest(number: number) {
    const { data } = await client.pulls.get({ owner, repo, pull_number: number });
    const fork = data.head.repo?.id !== request.repository.id;
    const own = !fork && data.user?.login === identity.login && isMarked(data.body ?? '');
    const conflicts = data.mergeable === false;
    return { own, fork, headBranch: data.head.ref, baseBranch: data.base.ref, conflicts };
  }

  return {
    async permissionOf(person) {
      const told = request.asker.id === person.id ? (await thread.state()).told : null;
      if (told?.permission) return told.permission;
      return livePermission(client, request.repository, person);
    },
    async base(branch, pull) {
      try {
        const { kind, number: of } = request.thread;
        const named = pull ?? (kind === 'pull_request' ? of : null);
        return await (branch === null && named !== null
          ? pullRequestBase(named)
          : branchBase(branch ?? defaultBranch));
      } catch (error) {
        throw translate(error, `reading the base of #${number}`);
      }
    },
    workspaceAt: (commit) => source.workspaceAt(commit),
    transcript: async () => (await thread.state()).comments,
    reviewThreads: async () => (await thread.state()).told?.pull?.reviewThreads ?? [],
  };
}

function baseGone(what: string) {
  return ends(
    outcome(
      'refused',
      'base_gone',
      `The base of this work, ${what}, does not exist.`,
      'Restore the branch, push a first commit if there is none, or name another with base_branch; then ask again.',
    ),
  );
}
