import { createHash } from 'node:crypto';
import type { FileChange } from '../changes/file-change.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Facts } from './facts.ts';
import type { PolicySettings } from './settings.ts';
import type { DigestParts } from './verdict.ts';

/** Gathers the parts. Who asked, when, and at what cost is in none of them. */
export function digestParts(
  { base, change, applied, codeOwners }: Facts,
  settings: PolicySettings,
): DigestParts {
  const { change_limits, policy } = settings;
  const files = applied.ok ? applied.files.flatMap(ends).sort() : { error: applied.error.code };
  const owners = codeOwners?.entries.map((entry) => [entry.pattern, ...entry.owners]) ?? null;
  return {
    files: sha256(canonicalJson(files)),
    base,
    policy: sha256(canonicalJson({ change_limits, policy, owners })),
    change,
  };
}

/** `sha256:` and 64 hex digits. Change any part and it is another digest, so an approval of the old one is void. */
export const digestOf = (parts: DigestParts) => `sha256:${sha256(canonicalJson(parts))}`;

/** So many characters of a part tell it from another. */
const SHOWN = 12;

/** The digest with its parts, for people who compare, and for `partsIn`. */
export function digestInWords(digest: string, parts: DigestParts): string {
  const { files, base, policy, change } = parts;
  const shown = Object.entries({ files, base, policy, change });
  return `\`${digest}\` = ${shown.map(([name, of]) => `${name} \`${of.slice(0, SHOWN)}\``).join(' · ')}`;
}

/** The parts of a digest, as `digestInWords` wrote them somewhere in a text; null: it did not. */
export function partsIn(text: string, digest: string): DigestParts | null {
  const part = '`([^`\\n]{1,12})`';
  const line = new RegExp(
    `\`${digest}[0-9a-f]*\` = files ${part} · base ${part} · policy ${part} · change ${part}`,
  );
  const [, files, base, policy, change] = line.exec(text) ?? [];
  return files && base && policy && change ? { files, base, policy, change } : null;
}

/** What stands at each path afterwards: a file moved, and one deleted here and created there, come to the same. */
function ends({ path, op, from, mode, after }: FileChange): string[] {
  const gone = (at: string) => canonicalJson([at, null]);
  const now = op === 'delete' ? gone(path) : canonicalJson([path, mode, sha256(after ?? '')]);
  return from === null ? [now] : [gone(from), now];
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
