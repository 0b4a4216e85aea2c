import { demand } from '../../access.ts';
import { ZERO } from '../../git/objects.ts';
import { readRef } from '../../git/refs.ts';
import { pushBlockedBy } from '../../protections.ts';
import { pushRef } from '../../pushes.ts';
import type { Repository } from '../../state.ts';
import { nodeOfType } from '../find-node.ts';
import { unknownHere, unprocessableField } from '../refusals.ts';
import { refSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { mutation } from './mutation.ts';

const REFS = '/repos/{owner}/{repo}/git/refs';

export const refMutations: Fields<unknown> = {
  createRef: mutation(
    async ({ repositoryId, name, oid }: { repositoryId: string; name: string; oid: string }, view) => {
      const { repository } = await nodeOfType(view, repositoryId, 'Repository');
      demand(view.actor, repository, { app: ['contents:write'], user: 'write' });
      if ((await readRef(repository.directory, name)) !== null)
        throw unprocessableField(`A ref named "${name}" already exists in the repository.`);
      await view.rest(`POST ${REFS}`, repository, { body: { ref: name, sha: oid } });
      return { ref: refSource(repository, { name, sha: oid, type: 'commit' }) };
    },
  ),
  updateRef: mutation(
    async ({ refId, oid, force }: { refId: string; oid: string; force?: boolean | null }, view) => {
      const { repository, ref } = await nodeOfType(view, refId, 'Ref');
      await view.rest(`PATCH ${REFS}/{ref}`, repository, {
        params: { ref: shortName(ref.name) },
        body: { sha: oid, force: force ?? false },
      });
      return { ref: refSource(repository, { ...ref, sha: oid }) };
    },
  ),
  deleteRef: mutation(async ({ refId }: { refId: string }, view) => {
    const { repository, ref } = await nodeOfType(view, refId, 'Ref');
    await view.rest(`DELETE ${REFS}/{ref}`, repository, { params: { ref: shortName(ref.name) } });
    return {};
  }),
  updateRefs: mutation(async ({ repositoryId, refUpdates }: RefUpdates, view) => {
    const { repository } = await nodeOfType(view, repositoryId, 'Repository');
    demand(view.actor, repository, { app: ['contents:write'], user: 'write' });
    const [update, ...others] = refUpdates;
    if (!update || others.length > 0 || update.afterOid !== ZERO)
      throw unknownHere('`updateRefs` but for one ref that is deleted');
    await view.services.alone(repository, () => remove(view, repository, update));
    return {};
  }),
};

interface RefUpdates {
  readonly repositoryId: string;
  readonly refUpdates: readonly RefUpdate[];
}

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string | null;
  readonly afterOid: string;
}

/** REST has no call that deletes a ref only where it stands. Source: the descriptions in GitHub's schema. */
async function remove(view: View, repository: Repository, { name, beforeOid }: RefUpdate): Promise<void> {
  const before = beforeOid ?? (await readRef(repository.directory, name))?.sha;
  if (before === undefined) throw unprocessableField('Reference does not exist');
  if (name === `refs/heads/${repository.defaultBranch}`)
    throw unprocessableField('Cannot delete the default branch');
  const blocked = pushBlockedBy(repository, view.actor, name, { after: null, created: false, forced: false });
  if (blocked !== null) throw unprocessableField(`Protected branch update failed for ${name}. ${blocked}`);
  if (!(await pushRef(view, repository, { ref: name, before, after: null })))
    throw unprocessableField(`The ref "${name}" does not point to ${before}.`);
}

/** As REST has refs in its paths. */
function shortName(name: string): string {
  return name.replace(/^refs\//, '');
}
