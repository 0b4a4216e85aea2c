import type { AgentProfile } from './profile.ts';

/** An agent's words without its own name in front of them (`coder: …`): whoever shows them says who speaks. */
export function withoutOwnName(text: string, { name, title }: AgentProfile): string {
  const first = /^\s*\**([\w -]{1,40})\**:\**\s+/.exec(text);
  const speaker = first?.[1]?.trim().toLowerCase();
  const own = ['conductor', name, title].some((known) => known.toLowerCase() === speaker);
  return first && own ? text.slice(first[0].length) : text;
}
