import { setTimeout } from 'node:timers/promises';
import type { Probot } from 'probot';
import { type Client, createClient } from '../github/client.ts';
import { type AppClient, DELIVERIES_KEPT_MS, redeliverFailed } from '../github/deliveries.ts';
import { type ListedRepository, missedMentions } from '../github/missed-mentions.ts';
import { marksIn } from '../storage/marks.ts';
import type { Storage } from '../storage/open-storage.ts';
import { HEARD } from './app.ts';
import { appLog } from './app-log.ts';
import type { Engine } from './engine.ts';
import type { AppSettings } from './environment.ts';
import { installationTokens } from './installation-tokens.ts';
import { failureFields } from './log.ts';

/** Deliveries are looked at from this long before the last look, so that one which was under way then is seen now. */
const OVERLAP_MS = 10 * 60_000;
const EVERY_SECONDS = 120;
const LAST_MOMENT_MS = 1_000;
/** The one token for all repositories of an installation: it tells their names. */
const LIST = { metadata: 'read' } as const;
const READ = { contents: 'read', issues: 'read', pull_requests: 'read', metadata: 'read' } as const;

/** Catches up with what GitHub told while nobody listened. */
export interface Reconciler {
  /** Stops looking. A request to GitHub that is under way is waited for a moment only: asking again is safe. */
  close(): Promise<void>;
}

/**
 * At the start, and every two minutes by one of all processes: failed deliveries are asked for again; and after more
 * than the three days for which GitHub keeps them, open threads are searched for mentions. Both may find what is known
 * already: an event has one run, however often it comes in.
 */
export function reconcile(app: Probot, settings: AppSettings, storage: Storage, engine: Engine): Reconciler {
  const marks = marksIn(storage.db);
  const closing = new AbortController();
  const log = appLog(app, settings.mask);

  async function askForFailed(): Promise<void> {
    const before = await marks.get('deliveries_seen');
    const oldest = Date.now() - DELIVERIES_KEPT_MS;
    const since = new Date(Math.max(oldest, (before?.getTime() ?? 0) - OVERLAP_MS));
    const asked = await redeliverFailed((await app.auth()) as AppClient, since, HEARD);
    await marks.set('deliveries_seen');
    if (asked > 0) log('info', 'failed deliveries asked for again', { asked });
  }

  async function searchThreads(since: Date): Promise<void> {
    const client = (await app.auth()) as AppClient;
    const tokens = installationTokens(
      () => app.auth(),
      () => new Date(),
      settings.mask,
    );
    const { apiUrl: baseUrl, graphqlUrl, mask } = settings;
    const reaching = (token: () => Promise<string>) =>
      createClient({ baseUrl, graphqlUrl, paceAs: null, mask, token });
    const { data: installations } = await client.request('GET /app/installations', { per_page: 100 });
    for (const { id } of installations) {
      for (const repository of await repositoriesOf(reaching(() => tokens(id, null, LIST)))) {
        const reader = reaching(() => tokens(id, repository.id, READ));
        for (const { name, payload } of await missedMentions(reader, repository, id, since))
          await engine.receive(name, payload);
      }
    }
  }

  async function look(): Promise<void> {
    const alive = await marks.get('alive');
    if (alive !== null && Date.now() - alive.getTime() > DELIVERIES_KEPT_MS) await searchThreads(alive);
    await marks.set('alive');
    await askForFailed();
  }

  async function lookOften(): Promise<void> {
    let first = true;
    while (!closing.signal.aborted) {
      try {
        if ((await marks.due('reconciled', EVERY_SECONDS)) || first) await look();
        first = false;
      } catch (error) {
        log('warn', 'GitHub was not asked for failed deliveries', failureFields(error));
      }
      await setTimeout(EVERY_SECONDS * 1_000, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const looking = lookOften();
  return {
    async close() {
      closing.abort();
      await Promise.race([looking, setTimeout(LAST_MOMENT_MS)]);
    },
  };
}

async function repositoriesOf(client: Client): Promise<ListedRepository[]> {
  const found: ListedRepository[] = [];
  for (let page = 1; ; page++) {
    const { data } = await client.request('GET /installation/repositories', { per_page: 100, page });
    // GitHub's description allows for numbers that JSON can't hold; its repositories have none.
    found.push(...data.repositories.map((repository) => ({ ...repository, id: Number(repository.id) })));
    if (data.repositories.length < 100) return found;
  }
}
