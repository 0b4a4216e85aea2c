import { createHash } from 'node:crypto';
import type { Model } from '../agents/model.ts';
import { CONTEXT_TOKENS, type ContextPack, contextPack, packText } from '../threads/context-pack.ts';
import { asData } from '../threads/hostile-text.ts';
import { PARTS, type PartName } from '../threads/share-out.ts';
import type { Facts } from './gather-facts.ts';

/** Of what a model can hold, no more than this share goes on what it is told at first. */
const SHARE_OF_CONTEXT = 1 / 3;

/** Packs what the agents of a run start from. All of them are told the same; `models`: those that may have to hold it. */
export function gatherContext(facts: Facts, models: readonly Model[] = []): Promise<ContextPack> {
  const { request, transcript, trusted, workspace, reports, reviewThreads: reviews, config } = facts;
  const material = { request, transcript, reviews, reports, askedStyle: config.style, trusted, workspace };
  const holds = models.flatMap(({ capabilities }) => capabilities.contextTokens ?? []);
  return contextPack(
    material,
    Math.min(CONTEXT_TOKENS, ...holds.map((most) => Math.floor(most * SHARE_OF_CONTEXT))),
  );
}

/** What the record says of a pack: `sha256:` of its text, all parts, and how many tokens that is by estimate. */
export function packed(pack: ContextPack): { readonly digest: string; readonly tokens: number } {
  const digest = `sha256:${createHash('sha256').update(packText(pack, PARTS)).digest('hex')}`;
  return { digest, tokens: pack.parts.reduce((sum, { tokens }) => sum + tokens, 0) };
}

/** The part of a pack that stands in the system text; null where the repository tells agents nothing. */
export const guidanceOf = (pack: ContextPack) => packText(pack, ['guidance']) || null;

/** Everything else, for an agent that reads through tools. `delimiter`: the run's own. */
export const briefOf = (pack: ContextPack, delimiter: string) =>
  brief(pack, ['style', 'map', 'files', 'changes', 'reviews', 'thread'], delimiter);

/** For a coding CLI, which looks around in its copy by itself, and in it finds no other commit. */
export const briefForCli = (pack: ContextPack, delimiter: string) =>
  brief(pack, ['changes', 'reviews', 'thread'], delimiter);

/** What was asked stands alone: everything before and behind it is data, and marked as that. */
function brief(pack: ContextPack, names: readonly PartName[], delimiter: string): string {
  const parts = [
    asData(delimiter, packText(pack, names)),
    packText(pack, ['request']),
    asData(delimiter, packText(pack, ['reports'])),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
