import type { Usage } from '../agents/model.ts';

/**
 * What vendors add to a prompt: how tools are to be used, and marks between messages. Anthropic documents up to some
 * 500 tokens for tools; https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview, pricing.
 */
const ADDED_TOKENS = 2_000;

/**
 * How many tokens a prompt can have at most. A token is at least one byte, so a prompt has no more tokens than bytes;
 * and once a model has counted a conversation, only what came since is uncertain. No table of words is needed.
 */
export function inputBound() {
  const known = new Map<string, { readonly bytes: number; readonly tokens: number }>();
  return {
    of(model: string, bytes: number): number {
      const counted = known.get(model);
      const unknown = bytes + ADDED_TOKENS;
      if (counted === undefined || bytes < counted.bytes) return unknown;
      return Math.min(unknown, counted.tokens + bytes - counted.bytes + ADDED_TOKENS);
    },
    /** The model has counted a prompt of so many bytes. */
    learn(model: string, bytes: number, usage: Usage): void {
      const tokens = usage.input + usage.cacheRead + usage.cacheWrite;
      // A server that counts nothing teaches nothing.
      if (tokens > 0) known.set(model, { bytes, tokens });
    },
  };
}
