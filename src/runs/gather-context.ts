import { type ContextPack, contextPack, packText } from '../threads/context-pack.ts';
import type { Facts } from './gather-facts.ts';
import type { Run } from './run.ts';

/** Packs what the agents of a run start from. All of them are told the same. */
export function gatherContext(run: Run, facts: Facts): Promise<ContextPack> {
  const { transcript, trusted, workspace, reviewThreads = [] } = facts;
  return contextPack({ request: run.request, transcript, reviews: reviewThreads, trusted, workspace });
}

/** The part of a pack that stands in the system text; null where the repository tells agents nothing. */
export const guidanceOf = (pack: ContextPack) => packText(pack, ['guidance']) || null;

/** Everything else, for an agent that reads through tools. */
export const briefOf = (pack: ContextPack) =>
  packText(pack, ['style', 'map', 'files', 'changes', 'reviews', 'thread', 'request']);

/** For a coding CLI, which looks around in its copy by itself, and in it finds no other commit. */
export const briefForCli = (pack: ContextPack) => packText(pack, ['changes', 'reviews', 'thread', 'request']);
