import { Buffer } from 'node:buffer';
import type { Mask } from '../messages/mask.ts';

/** A request was about to carry one of this process's own secrets in a file. It has not left. */
export class SecretInFile extends Error {
  readonly code = 'secret_in_change';
}

/** A file of a commit: REST takes its text, GraphQL its bytes in base64. */
interface CarriedFile {
  readonly path?: string;
  readonly content?: string;
  readonly contents?: string;
}

/** What a request is made of: Octokit's own words, and beside them what is sent, under whatever names the route has. */
interface Request extends Record<string, unknown> {
  readonly tree?: unknown;
  readonly variables?: {
    readonly commit?: {
      readonly fileChanges?: Readonly<Record<'additions' | 'deletions', readonly CarriedFile[]>>;
    };
  };
}

/** Where it goes and with which token; `query` is a document of our own, whose texts are its variables. */
const NOT_CONTENT = ['method', 'baseUrl', 'url', 'headers', 'mediaType', 'request', 'query'];

/**
 * Takes this process's secrets out of a request that is about to leave, whatever its route. Files are never altered: a
 * request with a secret in a file does not leave.
 * @throws SecretInFile
 */
export function maskRequest(request: Request, mask: Mask): void {
  const { tree, variables } = request;
  const entries: readonly CarriedFile[] | null = Array.isArray(tree) ? tree : null;
  const changes = variables?.commit?.fileChanges;
  for (const file of [...(entries ?? []), ...(changes?.additions ?? []), ...(changes?.deletions ?? [])])
    if (mask.isIn(textsOf(file))) throw new SecretInFile('A file holds one of Conductor’s own secrets.');

  const content = Object.fromEntries(Object.entries(request).filter(([key]) => !NOT_CONTENT.includes(key)));
  if (entries) delete content.tree;
  if (changes) content.variables = { ...variables, commit: { ...variables?.commit, fileChanges: null } };
  const masked: Request = mask.texts(content);
  Object.assign(request, masked);
  if (changes) Object.assign(masked.variables?.commit ?? {}, { fileChanges: changes });
}

function textsOf({ path = '', content = '', contents }: CarriedFile): readonly string[] {
  return [path, contents === undefined ? content : Buffer.from(contents, 'base64').toString('utf8')];
}
