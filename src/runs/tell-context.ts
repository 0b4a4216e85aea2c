import { CONTEXT_TOKENS } from '../threads/context-pack.ts';
import { gatherContext } from './gather-context.ts';
import type { Facts } from './gather-facts.ts';
import type { Outcome } from './outcome.ts';
import { table } from './table.ts';

/** What an agent would be told here, in figures; no model is asked. Which files, and what was left out, stands folded. */
export async function tellContext(facts: Facts): Promise<Outcome> {
  const { parts, files, likely } = await gatherContext(facts);
  const all = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  const rows = parts.map(({ name, tokens, cuts }) => [
    name,
    `${tokens}`,
    cuts.length > 0 ? `${cuts.length}` : '',
  ]);
  const cuts = parts.flatMap((part) => part.cuts.map((cut) => `${part.name}: ${cut}`));
  const folded = [
    list(
      'Files whose text is told',
      files.map(({ path, how }) => `\`${path}\`${how === 'part' ? ' (in part)' : ''}`),
    ),
    list(
      'Likeliest files, best first',
      likely.map((path) => `\`${path}\``),
    ),
    list('Left out', cuts),
  ];
  return {
    state: 'done',
    code: 'context_told',
    message: `About ${all} of at most ${CONTEXT_TOKENS} tokens.\n\n${table(['part', 'tokens', 'cuts'], rows)}`,
    next: null,
    answer: folded.filter((part) => part !== '').join('\n\n'),
  };
}

const list = (what: string, items: readonly string[]) =>
  items.length === 0 ? '' : `${what}:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
