import { nodeOfType } from '../find-node.ts';
import type { Fields, View } from '../view.ts';
import { mutation } from './mutation.ts';

const LABELS = '/repos/{owner}/{repo}/issues/{issue_number}/labels';

interface LabelsInput {
  readonly labelableId: string;
  readonly labelIds: readonly string[];
}

export const labelMutations: Fields<unknown> = {
  addLabelsToLabelable: mutation(async (input: LabelsInput, view) => {
    const { labelable, names } = await read(view, input);
    await view.rest(`POST ${LABELS}`, labelable.repository, {
      params: { issue_number: labelable.thread.number },
      body: { labels: names },
    });
    return { labelable };
  }),
  /** A label that is not there is passed over. */
  removeLabelsFromLabelable: mutation(async (input: LabelsInput, view) => {
    const { labelable, names } = await read(view, input);
    const { repository, thread } = labelable;
    const present = thread.labels.map(({ name }) => name).filter((name) => names.includes(name));
    for (const name of present) {
      const params = { issue_number: thread.number, name };
      await view.rest(`DELETE ${LABELS}/{name}`, repository, { params });
    }
    return { labelable };
  }),
};

async function read(view: View, { labelableId, labelIds }: LabelsInput) {
  const labelable = await nodeOfType(view, labelableId, 'Issue', 'PullRequest');
  const labels = await Promise.all(labelIds.map((id) => nodeOfType(view, id, 'Label')));
  return { labelable, names: labels.map(({ label }) => label.name) };
}
