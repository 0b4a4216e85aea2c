import { canSee, demand } from '../../access.ts';
import { commitOnBranch } from '../../branch-commits.ts';
import { findRepository } from '../../find.ts';
import { readRef } from '../../git/refs.ts';
import { nodeOfType } from '../find-node.ts';
import { FieldRefusal, unprocessableField, unresolved } from '../refusals.ts';
import { commitSource, type RefSource, refSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { mutation } from './mutation.ts';

interface CommittableBranch {
  readonly id?: string | null;
  readonly repositoryNameWithOwner?: string | null;
  readonly branchName?: string | null;
}

interface CommitInput {
  readonly branch: CommittableBranch;
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  } | null;
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

export const commitMutations: Fields<unknown> = {
  createCommitOnBranch: mutation(async (input: CommitInput, view) => {
    const { repository, ref } = await branchIn(view, input.branch);
    demand(view.actor, repository, { app: ['contents:write'], user: 'write' });
    const { headline, body } = input.message;
    const { additions = [], deletions = [] } = input.fileChanges ?? {};
    const broken = additions.find(({ contents }) => !BASE64.test(contents.replace(/\s/g, '')));
    if (broken !== undefined)
      throw unprocessableField(`The contents of ${broken.path} are not valid Base64.`);
    const sha = await view.services.alone(repository, () =>
      commitOnBranch(view, repository, {
        branch: ref.name.replace(/^refs\/heads\//, ''),
        expected: input.expectedHeadOid,
        message: body ? `${headline}\n\n${body}` : headline,
        additions: additions.map(({ path, contents }) => ({
          path,
          content: Buffer.from(contents, 'base64'),
        })),
        deletions: deletions.map(({ path }) => path),
      }),
    );
    if (sha === 'stale') {
      const message = `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`;
      throw new FieldRefusal('STALE_DATA', message);
    }
    return { commit: commitSource(repository, sha), ref: refSource(repository, { ...ref, sha }) };
  }),
};

/** The branch by its node id, or by repository and name; GitHub wants one way or the other. */
async function branchIn(
  view: View,
  { id, repositoryNameWithOwner, branchName }: CommittableBranch,
): Promise<RefSource> {
  if (id) {
    const source = await nodeOfType(view, id, 'Ref');
    if (!source.ref.name.startsWith('refs/heads/')) throw unprocessableField('The ref is not a branch.');
    return source;
  }
  if (!repositoryNameWithOwner || !branchName)
    throw unprocessableField('Either `id` or both `repositoryNameWithOwner` and `branchName` must be given.');
  const repository = findRepository(view.world, repositoryNameWithOwner);
  if (repository === null || !canSee(view.actor, repository))
    throw unresolved(`a Repository with the name '${repositoryNameWithOwner}'`);
  const name = branchName.replace(/^refs\/heads\//, '');
  const ref = await readRef(repository.directory, `refs/heads/${name}`);
  if (ref === null)
    throw unprocessableField(`Could not resolve branch '${name}' in '${repositoryNameWithOwner}'.`);
  return refSource(repository, ref);
}
