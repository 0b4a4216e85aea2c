import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import { type Mail, mailOf } from './mail.ts';
import type { World } from './world.ts';

/** A thread in which any number of comments can be pretended: what GitHub would send for each. */
export interface Thread {
  comment(body: string): { readonly mail: Mail; readonly run: RunId };
}

interface CommentPayload {
  readonly repository: { readonly id: number };
  readonly comment: { readonly id: number; readonly node_id: string; readonly body: string };
}

let pretended = 0;

/** Opens threads. `caught`: where the world's deliveries are put, emptied here. */
export async function openThreads(world: World, count: number, caught: Mail[]): Promise<readonly Thread[]> {
  const ada = world.simulator.as('ada');
  for (let index = 0; index < count; index++) {
    const repo = world.repositories[index % world.repositories.length] ?? '';
    const { number } = await ada.openIssue({ repo, title: 'The total is wrong' });
    await ada.comment({ repo, number, body: 'It is always a cent short.' });
  }
  await world.simulator.settled();
  return caught
    .splice(0)
    .filter(({ event }) => event === 'issue_comment')
    .map(({ event, body: template }) => ({
      comment(body) {
        const payload: CommentPayload = JSON.parse(template);
        const id = 5_000_000_000 + ++pretended;
        const node = `IC_pretended${id}`;
        const mail = mailOf(world.secret, event, {
          ...payload,
          comment: { ...payload.comment, id, node_id: node, body },
        });
        const asked = { action: 'created', repository: { id: payload.repository.id } } as const;
        return { mail, run: runIdOf({ ...asked, asking: { kind: 'issue_comment', nodeId: node } }) };
      },
    }));
}
