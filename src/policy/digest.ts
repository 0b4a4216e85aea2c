import { createHash } from 'node:crypto';
import type { FileChange } from '../changes/file-change.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Facts } from './facts.ts';
import type { PolicySettings } from './settings.ts';

/**
 * What an approval is bound to, part by part, so that whoever finds it void can be told what changed. Each is a hash or
 * a name; the texts themselves are in none of them.
 */
export interface DigestParts {
  /** Every resulting file with its path, mode and content. */
  readonly files: string;
  /** The commit that the change applies to. */
  readonly base: string;
  /** The settings that judged it, and who owns what. */
  readonly policy: string;
  /** The run that proposed it, or the commit that holds it. */
  readonly change: string;
}

/** Gathers the parts. Who asked, when, and at what cost is in none of them. */
export function digestParts(
  { base, change, applied, codeOwners }: Facts,
  settings: PolicySettings,
): DigestParts {
  const { change_limits, policy } = settings;
  const owners = codeOwners?.entries.map((entry) => [entry.pattern, ...entry.owners]) ?? null;
  const files = applied.ok ? [...applied.files].sort(byPath).map(fingerprint) : { error: applied.error.code };
  return {
    files: sha256(canonicalJson(files)),
    base,
    policy: sha256(canonicalJson({ change_limits, policy, owners })),
    change,
  };
}

/** `sha256:` and 64 hex digits. Change any part and it is another digest, so an approval of the old one is void. */
export const digestOf = (parts: DigestParts) => `sha256:${sha256(canonicalJson(parts))}`;

function fingerprint({ path, op, from, mode, after }: FileChange) {
  return { path, op, from, mode, after: after === null ? null : sha256(after) };
}

function byPath(a: FileChange, b: FileChange): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
