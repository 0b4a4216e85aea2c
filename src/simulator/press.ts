import { roleOf } from './access.ts';
import type { Act } from './act.ts';
import { emitRun } from './checks.ts';
import { accountNamed, repositoryNamed } from './find.ts';
import { setDraft } from './pull-states.ts';
import type { Services } from './services.ts';
import { checkRunsOf, isPull, type Repository } from './state.ts';
import { emitThread } from './threads.ts';

/** What people do on GitHub's pages and REST has no call for. */
export interface Press {
  /** Presses one of a check run's buttons. Throws when the run has no such button. */
  pressCheckAction(login: string, checkRunId: number, identifier: string): Promise<void>;
  /** "Ready for review", or "Convert to draft". */
  setDraft(login: string, repository: string, number: number, draft: boolean): Promise<void>;
  /** Deletes an issue with all that was said in it. Throws for a pull request, and for who is no administrator. */
  deleteIssue(login: string, repository: string, number: number): Promise<void>;
}

export function createPress(services: Services): Press {
  const { world } = services;

  /** Does something as a person, in the repository's turn, and tells of it. */
  async function press(
    login: string,
    repository: Repository,
    work: (act: Act) => void | Promise<void>,
  ): Promise<void> {
    const act: Act = { world, actor: { kind: 'user', account: accountNamed(world, login) }, emissions: [] };
    await services.alone(repository, async () => work(act));
    services.publish(act.emissions, Promise.resolve());
  }

  return {
    async pressCheckAction(login, checkRunId, identifier) {
      for (const repository of world.repositories.values()) {
        const run = checkRunsOf(repository).find(({ id }) => id === checkRunId);
        if (run === undefined) continue;
        const action = run.actions.find((candidate) => candidate.identifier === identifier);
        if (action === undefined)
          throw new Error(`Check run ${checkRunId} ("${run.name}") has no button "${identifier}".`);
        await press(login, repository, (act) =>
          emitRun(act, repository, run, 'requested_action', { requested_action: { identifier } }),
        );
        return;
      }
      throw new Error(`The simulator has no check run with the id ${checkRunId}.`);
    },
    async setDraft(login, fullName, number, draft) {
      const repository = repositoryNamed(world, fullName);
      const thread = repository.threads.get(number);
      if (thread === undefined || !isPull(thread))
        throw new Error(`${fullName}#${number} is not a pull request.`);
      await press(login, repository, (act) => setDraft(act, repository, thread, draft));
    },
    async deleteIssue(login, fullName, number) {
      const repository = repositoryNamed(world, fullName);
      const thread = repository.threads.get(number);
      if (thread === undefined || isPull(thread)) throw new Error(`${fullName}#${number} is not an issue.`);
      // Source: docs.github.com, "Deleting an issue".
      if (roleOf(accountNamed(world, login), repository) !== 'admin')
        throw new Error(`${login} does not administer ${fullName}, and may not delete its issues.`);
      await press(login, repository, async (act) => {
        await emitThread(act, repository, thread, 'deleted');
        repository.threads.delete(number);
        repository.deletedIssues.add(number);
      });
    },
  };
}
