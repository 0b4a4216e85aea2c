import { Command } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import { harmlessText } from '../messages/way-out.ts';
import { CONTEXT_TOKENS, type ContextPack, contextPack, packText } from '../threads/context-pack.ts';
import { PARTS } from '../threads/share-out.ts';
import { answer, cannotAnswer } from './answer.ts';
import { type AskedFor, withMaterial } from './context-material.ts';

interface ContextOptions extends Omit<AskedFor, 'thread'> {
  readonly json?: boolean;
}

/** `conductor context`: what agents would be told, its tokens part by part, and what was cut. Exit 2: it can't be made. */
export function context(variables: Variables): Command {
  return new Command('context')
    .description('Print what an agent would be told of a thread and its repository, and what was left out.')
    .argument('[thread]', 'an issue or pull request, as #12; needs GITHUB_TOKEN and GITHUB_REPOSITORY')
    .option('--request <text>', 'what is asked; of a thread, its newest command when not given')
    .option('--event <file>', 'the payload of an event that asks, as JSON')
    .option('--dir <dir>', 'the repository: a git checkout, or a plain folder')
    .option('--json', 'for machines')
    .action(async (thread: string | undefined, { json = false, ...options }: ContextOptions) => {
      const made = await withMaterial({ ...options, thread }, variables, (material) => contextPack(material));
      if (!made.ok) return cannotAnswer(json, made.error);
      answer(json, inJson(made.value), inWords(made.value), 0);
    });
}

function inJson({ parts, files, likely }: ContextPack) {
  return { tokens: tokensOf(parts), most: CONTEXT_TOKENS, parts, files, likely };
}

function inWords(pack: ContextPack): string {
  const rows = pack.parts.map(
    ({ name, tokens, cuts }) => `${name.padEnd(10)}${`${tokens}`.padStart(7)}${cutText(cuts)}`,
  );
  const total = `${'all'.padEnd(10)}${`${tokensOf(pack.parts)}`.padStart(7)}  of at most ${CONTEXT_TOKENS} tokens, by estimate`;
  return `${packText(pack, PARTS)}\n\n${rows.join('\n')}\n${total}`;
}

const cutText = (cuts: readonly string[]) =>
  cuts.length > 0 ? `  left out: ${harmlessText(cuts.join('; '))}` : '';
const tokensOf = (parts: ContextPack['parts']) => parts.reduce((sum, { tokens }) => sum + tokens, 0);
