import { createHash } from 'node:crypto';

/**
 * Where each kind of database id starts. The ranges do not meet, so a test that passes an issue's id
 * where a comment's is wanted gets a 404 rather than luck.
 */
const FIRST = {
  account: 1_000_001,
  app: 2_000_001,
  installation: 3_000_001,
  repository: 4_000_001,
  issue: 10_000_001,
  pull: 20_000_001,
  comment: 30_000_001,
  reaction: 40_000_001,
  label: 50_000_001,
  review: 60_000_001,
  reviewComment: 70_000_001,
  checkRun: 80_000_001,
  checkSuite: 90_000_001,
  status: 100_000_001,
  hook: 110_000_001,
  delivery: 120_000_001,
  team: 130_000_001,
  workflowRun: 140_000_001,
  activity: 150_000_001,
} as const;

export type IdKind = keyof typeof FIRST;

/** A deterministic source of every identifier GitHub would invent: two equal runs get equal ids. */
export interface Ids {
  next(kind: IdKind): number;
  /** A webhook delivery's GUID, in the shape of a UUID version 4. */
  guid(): string;
  /** The value of `x-github-request-id`. */
  requestId(): string;
}

/** Starts all counters afresh. */
export function createIds(): Ids {
  const counts = new Map<string, number>();
  const count = (kind: string): number => {
    const value = counts.get(kind) ?? 0;
    counts.set(kind, value + 1);
    return value;
  };
  return {
    next: (kind) => FIRST[kind] + count(kind),
    guid() {
      const hex = createHash('sha256')
        .update(`delivery ${count('guid')}`)
        .digest('hex');
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        `8${hex.slice(17, 20)}`,
        hex.slice(20, 32),
      ].join('-');
    },
    requestId: () => `C0DE:${count('request').toString(16).toUpperCase().padStart(6, '0')}:C0:51:0`,
  };
}

/** The client id that an App may use instead of its number. */
export function clientId(appId: number): string {
  return `Iv1.${appId.toString(16).padStart(16, '0')}`;
}

/** A global node id: opaque, stable, and different for each kind of thing. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_kwDO${Buffer.from(`${prefix}:${id}`).toString('base64url')}`;
}
