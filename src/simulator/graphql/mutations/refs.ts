import { demand } from '../../access.ts';
import { readRef } from '../../git/refs.ts';
import { nodeOfType } from '../find-node.ts';
import { unprocessableField } from '../refusals.ts';
import { refSource } from '../sources.ts';
import type { Fields } from '../view.ts';
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
};

/** As REST has refs in its paths. */
function shortName(name: string): string {
  return name.replace(/^refs\//, '');
}
