import type { CliToolUse } from '../cli-agent.ts';

/** Streams that tell of a tool twice, when it begins and when it ends, are put together here. */
export interface PendingTools {
  began(id: unknown, tool: string, target: string): void;
  /** What has ended; empty when nobody said that it began. */
  ended(id: unknown, ok: boolean): readonly CliToolUse[];
}

const MOST = 1_000;

export function pendingTools(): PendingTools {
  const begun = new Map<unknown, { readonly tool: string; readonly target: string }>();
  return {
    began(id, tool, target) {
      if (begun.size < MOST) begun.set(id, { tool, target });
    },
    ended(id, ok) {
      const use = begun.get(id);
      begun.delete(id);
      return use ? [{ ...use, ok }] : [];
    },
  };
}
