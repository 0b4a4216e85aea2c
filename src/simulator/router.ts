import type { Route } from './call.ts';
import { notFound, type Refusal, unserved } from './refusal.ts';

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Parameters that may hold slashes of their own, besides the path of a file. */
const SLASHED = new Set(['ref', 'branch', 'basehead', 'tree_sha']);

/** First segments of GitHub's paths: below these, what is not served is refused rather than missing. */
const ROOTS = new Set(
  'advisories agents app app-manifests applications apps assignments classrooms codes_of_conduct emojis enterprises events feeds gists gitignore graphql installation issues licenses markdown marketplace_listing meta networks notifications octocat organizations orgs projects rate_limit repos repositories search teams user users versions zen'.split(
    ' ',
  ),
);

/** Compiles the one list of routes into a lookup; of two that match, the one listed first wins. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | null {
  const compiled = routes.map((route) => ({ route, ...compile(route.template) }));
  return (method, path) => {
    for (const { route, pattern, names } of compiled) {
      if (route.method !== method) continue;
      const found = pattern.exec(path);
      if (found === null) continue;
      const values = found.slice(1).map((value) => decode(value ?? ''));
      if (values.includes(null)) continue;
      return { route, params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) };
    }
    return null;
  };
}

/** What a path that no route serves is answered with: 501 where GitHub has something, else 404. */
export function unroutable(method: string, path: string): Refusal {
  const [, root, id] = path.split('/');
  // Had it been a repository's, the path would name the repository by now.
  if (root === 'repositories' && id !== undefined) return notFound();
  return ROOTS.has(root ?? '') || path === '/' ? unserved(`${method} ${path}`) : notFound();
}

function compile(template: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  // The path of a file may be empty: then it is the top folder.
  const spaced = template.replace('/{path}', '{path}');
  const source = spaced.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    if (name === 'path') return '(?:/(.*?))?';
    return SLASHED.has(name) ? '(.+)' : '([^/]+)';
  });
  return { pattern: new RegExp(`^${source}/?$`), names };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
