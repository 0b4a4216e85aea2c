import type { Answer, Call } from './call.ts';
import { numberedPath } from './moved.ts';
import type { Repository } from './state.ts';

export interface Page<T> {
  readonly items: T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Page number and size that a request asks for: at most 100 a page, as on GitHub. */
export function pageOf(call: Call, defaultSize = 30): { page: number; size: number } {
  const read = (name: string, fallback: number): number => {
    const value = Number(call.query.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 1 ? value : fallback;
  };
  return { page: read('page', 1), size: Math.min(read('per_page', defaultSize), 100) };
}

/** Cuts one page out of a whole list and says in a Link header where the others are. */
export function paginate<T>(call: Call, all: readonly T[], defaultSize = 30): Page<T> {
  const { page, size } = pageOf(call, defaultSize);
  const last = Math.max(1, Math.ceil(all.length / size));
  return { items: all.slice((page - 1) * size, page * size), headers: linkHeaders(call, page, last) };
}

/** One page of a list, rendered, as the whole answer. */
export function pageAnswer<T>(call: Call, all: readonly T[], render: (item: T) => unknown): Answer {
  const { items, headers } = paginate(call, all);
  return { status: 200, body: items.map(render), headers };
}

/** A Link header for page `page` of `last`. Like GitHub's it names a repository by its id. */
export function linkHeaders(
  call: Call & { readonly repository?: Repository },
  page: number,
  last: number,
): Record<string, string> {
  const path = call.repository === undefined ? call.path : numberedPath(call.path, call.repository);
  const link = (rel: string, number: number): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(number));
    return `<${call.world.api(path)}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link('prev', page - 1)] : []),
    ...(page < last ? [link('next', page + 1), link('last', last)] : []),
    ...(page > 1 ? [link('first', 1)] : []),
  ];
  return links.length === 0 ? {} : { link: links.join(', ') };
}
