import { buildRoster, type Roster } from '../agents/roster.ts';
import type { Workspace } from '../changes/workspace.ts';

const AGENT_FILE = /^\.github\/agents\/[^/]+\.md$/;

/** The agents of a repository, and what is wrong with their files. */
export async function rosterOf(workspace: Workspace): Promise<Roster> {
  const entries = (await workspace.list()).filter(
    ({ path, mode }) => mode.startsWith('100') && AGENT_FILE.test(path),
  );
  const files = entries.map(async ({ path }) => {
    const bytes = await workspace.read(path);
    return { path, text: new TextDecoder().decode(bytes ?? new Uint8Array()) };
  });
  return buildRoster(await Promise.all(files));
}
