import type { Command } from './command.ts';
import { findMention } from './find-mention.ts';
import { readOptions } from './read-options.ts';
import { VERBS, type Verb } from './verbs.ts';

export type Parsed =
  | {
      readonly triggered: true;
      readonly reason: 'mention';
      readonly command: Command;
      readonly unknownVerb: string | null;
    }
  | {
      readonly triggered: false;
      readonly reason: 'no_mention' | 'own_comment' | 'too_complex';
      readonly command: null;
    };

/** GitHub's own limit for a comment; anything longer did not come from there. */
const LONGEST = 65_536;
const OWN_MARKER = /^\s*<!--\s*conductor:/;
const AGENTS = /^([a-z0-9][a-z0-9-]{0,38}(?:[ \t]*,[ \t]*[a-z0-9][a-z0-9-]{0,38}){0,7})[ \t]*:(?=\s|$)/i;
const HAS_WORDS = /[\p{L}\p{N}]/u;
const CELL_END = /\s*\|$/;
const WORD = /^(\/?)([a-z][a-z-]*)(?=$|[\s.,:;!?)])/i;
const PUNCTUATION = /^(?:[\s.,:;!?)\]}>"'*_~]|-(?!-))+/;

/**
 * Reads a comment as a command: a pure function of its text. The first mention in prose counts; what follows it is
 * agents before a colon, or a verb, or free text. `why` is a verb only alone or before one run id or number, because
 * people ask "why does the build fail?". An unknown `/verb` is named in `unknownVerb`. Never throws.
 */
export function parseCommand(text: string, { trigger }: { readonly trigger: string }): Parsed {
  if (OWN_MARKER.test(text)) return { triggered: false, reason: 'own_comment', command: null };
  const source = text.slice(0, LONGEST);
  const mention = findMention(source, trigger);
  if (mention === 'too_complex') return { triggered: false, reason: mention, command: null };
  if (!mention) return { triggered: false, reason: 'no_mention', command: null };

  const { options, text: paragraph } = readOptions(source.slice(mention.end, mention.blockEnd));
  const said = withoutPunctuation(paragraph).replace(CELL_END, '');
  const after = source.slice(mention.blockEnd, mention.textEnd);
  const before = source.slice(0, mention.start).replace(/<!--[\s\S]*?-->/g, '');
  const command = (
    verb: Verb | null,
    agents: string[],
    rest: string,
    unknownVerb: string | null = null,
  ): Parsed => ({
    triggered: true,
    reason: 'mention',
    command: { verb, agents, text: rest.trim(), options },
    unknownVerb,
  });

  // Only the mention's own paragraph names verbs and agents; what follows it may be a quotation or a log.
  if (said === '') {
    if (after.trim() !== '') return command(null, [], after);
    return HAS_WORDS.test(before) ? command(null, [], before) : command('help', [], '');
  }
  const agents = AGENTS.exec(said);
  if (agents?.[1] && !isVerbBeforeColon(agents[1])) {
    return command(null, agentNames(agents[1]), said.slice(agents[0].length) + after);
  }
  const word = WORD.exec(said);
  const name = word?.[2]?.toLowerCase() ?? '';
  const rest = word ? said.slice(word[0].length) : said;
  const slash = word?.[1] === '/';
  const verb = VERBS.find((known) => known === name);
  if (verb && (slash || verb !== 'why' || !isQuestion(rest))) {
    return command(verb, [], rest.replace(/^[\s.,:;!?]+/, '') + after);
  }
  return slash ? command(null, [], rest + after, name) : command(null, [], said + after);
}

/** `fix: the total` commands; `all: …` addresses everybody. */
const isVerbBeforeColon = (name: string) =>
  name.toLowerCase() !== 'all' && VERBS.some((verb) => verb === name.toLowerCase());

function agentNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim().toLowerCase());
  return [...new Set(names.map((name) => (name === 'everyone' ? 'all' : name)))];
}

const isQuestion = (rest: string) => !/^[\s.,:;!?]*(?:#?\w+[\s.!?]*)?$/.test(rest);

const withoutPunctuation = (text: string) => text.replace(PUNCTUATION, '').trim();
