/**
 * A process that uses a data folder, to be killed. `hold` takes the folder and keeps it. `commit` opens the storage in
 * it and stores one event after another. It says `ready`, and then the run id of each event that was acknowledged.
 */
import { randomUUID } from 'node:crypto';
import { runIdOf } from '../../src/runs/run-id.ts';
import { takeDataFolder } from '../../src/storage/data-folder.ts';

const [what, folder = ''] = process.argv.slice(2);
if (what === 'hold') {
  await takeDataFolder(folder);
  process.stdout.write('ready\n');
  setInterval(() => undefined, 60_000);
} else {
  // Loaded only here: whoever only holds the folder starts sooner.
  const { createInbox } = await import('../../src/storage/inbox.ts');
  const { openStorage } = await import('../../src/storage/open-storage.ts');
  const storage = await openStorage({ databaseUrl: null, dataDirectory: folder });
  process.stdout.write('ready\n');
  const inbox = createInbox(storage.db, 'killed');
  const account = { id: 1, login: 'ada', isBot: false };
  const repository = { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' };
  for (let number = 1; ; number++) {
    const event = {
      action: 'created',
      installationId: 1,
      repository,
      asker: account,
      thread: {
        number,
        kind: 'issue' as const,
        title: '',
        body: '',
        author: 'ada',
        url: '',
        closed: false,
        locked: false,
      },
      asking: {
        kind: 'issue_comment' as const,
        id: number,
        nodeId: randomUUID(),
        url: '',
        body: '@conductor fix',
        createdAt: '',
      },
    };
    await inbox.store(event);
    process.stdout.write(`${runIdOf(event)}\n`);
  }
}
