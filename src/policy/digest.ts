import { createHash } from 'node:crypto';
import type { FileChange } from '../changes/file-change.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Facts } from './facts.ts';
import type { PolicySettings } from './settings.ts';

/**
 * What an approval is bound to, as `sha256:` and 64 hex digits: the base commit, every resulting file with its path,
 * mode and content, the change set itself, and the settings that judged it. Change any of them and it is another
 * digest, so an approval of the old one is void. Who asked is not part of it.
 */
export function digestOf(
  { base, changeSet, applied }: Facts,
  { change_limits, policy }: PolicySettings,
): string {
  return `sha256:${sha256(
    canonicalJson({
      base,
      files: applied.ok ? [...applied.files].sort(byPath).map(fingerprint) : null,
      error: applied.ok ? null : applied.error.code,
      settings: sha256(canonicalJson({ change_limits, policy })),
      change_set: sha256(canonicalJson(changeSet)),
    }),
  )}`;
}

function fingerprint({ path, op, from, mode, after }: FileChange) {
  return { path, op, from, mode, after: after === null ? null : sha256(after) };
}

function byPath(a: FileChange, b: FileChange): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
