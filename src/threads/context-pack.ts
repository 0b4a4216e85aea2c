import type { ChangesSince, Workspace } from '../changes/workspace.ts';
import type { CommandRequest } from '../commands/request.ts';
import { changesPiece } from './changes-text.ts';
import { type ChosenFile, filesPiece } from './chosen-files.ts';
import { guidancePiece, readGuidance } from './guidance.ts';
import { withoutUnseen } from './hostile-text.ts';
import { type Clues, cluesIn } from './ranking/clues.ts';
import { rankFiles } from './ranking/rank-files.ts';
import { mapPiece } from './repository-map.ts';
import { type ReviewThread, reviewsBefore, reviewsPiece } from './review-thread.ts';
import { type Part, type PartName, shareOut } from './share-out.ts';
import { describeStyle } from './style.ts';
import { messagesBefore, type Report, reportsPiece, requestPiece, threadPiece } from './thread-text.ts';
import type { ThreadMessage } from './transcript.ts';

/** What a pack is made from. */
export interface Material {
  readonly request: CommandRequest;
  /** The thread's messages, oldest first. */
  readonly transcript: readonly ThreadMessage[];
  readonly reviews: readonly ReviewThread[];
  /** What the request is about and stands nowhere in the thread, such as what failing checks say. */
  readonly reports: readonly Report[];
  /** How the base branch's config says that code is to be written; may be empty. */
  readonly askedStyle: string | readonly string[];
  /** The base branch's commit: only what stands there may tell agents how to work. */
  readonly trusted: Workspace;
  /** The repository as the agent sees it. */
  readonly workspace: Workspace;
}

/** What agents are told before their first turn. Every agent of a run is told the same. */
export interface ContextPack {
  /** In the order in which they are told; what changes least comes first, so that vendors' caches hit. */
  readonly parts: readonly Part[];
  /** Files whose text is in the pack. */
  readonly files: readonly ChosenFile[];
  /** The likeliest files, best first. */
  readonly likely: readonly string[];
  /** What was edited after the request was made, and so is not in the pack. */
  readonly editedSince: readonly string[];
}

/** How many tokens a pack may have, by estimate. */
export const CONTEXT_TOKENS = 12_000;
const MOST_LIKELY = 20;

/**
 * Packs what an agent should start from: what was asked and where, how the repository works, and where in it to look.
 * Makes no request to GitHub. The same material gives the same pack, byte for byte.
 */
export async function contextPack(material: Material, tokens = CONTEXT_TOKENS): Promise<ContextPack> {
  const { request, trusted, workspace } = material;
  const { earlier, editedSince } = messagesBefore(request, material.transcript);
  const said = reviewsBefore(request, material.reviews);
  const changes = await changesOf(material);
  const clues = cluesOf(material, earlier);
  const ranked = await rankFiles(workspace, clues, changes?.files.map(({ path }) => path) ?? []);
  const likely = ranked.filter(({ score }) => score > 0).slice(0, MOST_LIKELY);
  const asked = { path: 'conductor.yml, style', text: styleInWords(material.askedStyle) };
  const guidance = [
    ...(asked.text === '' ? [] : [asked]),
    ...(await readGuidance(
      trusted,
      likely.map(({ path }) => path),
    )),
  ];
  const style = await describeStyle(trusted, ranked);
  const paths = (await workspace.list()).map(({ path }) => path);

  let chosen: readonly ChosenFile[] = [];
  const parts = shareOut(tokens, [
    { name: 'request', share: 0.4, most: 0.4, make: (room) => requestPiece(request, room) },
    { name: 'guidance', share: 0.12, most: 0.25, make: (room) => guidancePiece(guidance, room) },
    { name: 'reviews', share: 0.06, most: 0.2, make: (room) => reviewsPiece(said.earlier, room) },
    { name: 'reports', share: 0, most: 0.4, make: (room) => reportsPiece(material.reports, room) },
    { name: 'changes', share: 0.1, most: 0.3, make: (room) => changesPiece(changes, room) },
    {
      name: 'thread',
      share: 0.1,
      most: 0.45,
      make: (room) => threadPiece(request, earlier, editedSince.length, room),
    },
    { name: 'style', share: 0.02, most: 0.05, make: () => ({ text: style, cuts: [] }) },
    {
      name: 'files',
      share: 0.1,
      most: 0.45,
      make(room) {
        const piece = filesPiece(ranked, clues.places, room);
        chosen = piece.chosen;
        return piece;
      },
    },
    {
      name: 'map',
      share: 0.1,
      most: 0.25,
      make: (room) =>
        mapPiece(
          paths,
          ranked.filter(({ path }) => !isWhole(chosen, path)),
          room,
        ),
    },
  ]);
  return {
    parts,
    files: chosen,
    likely: likely.map(({ path }) => path),
    editedSince: [...editedSince, ...said.editedSince],
  };
}

/** Some parts of a pack as one text. */
export function packText({ parts }: ContextPack, names: readonly PartName[]): string {
  return parts
    .filter(({ name, text }) => names.includes(name) && text !== '')
    .map(({ text }) => text)
    .join('\n\n');
}

/** What the thread's pull request changes, as git knows it; null for an issue. */
async function changesOf({ request, trusted, workspace }: Material): Promise<ChangesSince | null> {
  if (request.thread.kind !== 'pull_request' || workspace.commit === trusted.commit) return null;
  return (await workspace.past?.changesSince(trusted.commit)) ?? null;
}

/** The request itself counts for most, then what the thread is about, then what was said on the way. */
function cluesOf({ request, reviews, reports }: Material, earlier: readonly ThreadMessage[]): Clues {
  const { thread, command, asking } = request;
  const open = reviews.filter(({ resolved }) => !resolved);
  return cluesIn([
    { text: command.verb === null ? command.text || asking.body : command.text, weight: 1 },
    ...open.map(({ path, line }) => ({ text: line === null ? path : `${path}:${line}`, weight: 0.8 })),
    { text: thread.title, weight: 0.8 },
    { text: thread.body, weight: 0.6 },
    ...reports.map(({ body }) => ({ text: body, weight: 0.8 })),
    ...earlier.slice(-20).map(({ body }) => ({ text: body, weight: 0.3 })),
  ]);
}

const isWhole = (chosen: readonly ChosenFile[], path: string) =>
  chosen.some((file) => file.path === path && file.how === 'whole');

const styleInWords = (style: Material['askedStyle']) =>
  withoutUnseen(typeof style === 'string' ? style : style.map((line) => `- ${line}`).join('\n')).trim();
