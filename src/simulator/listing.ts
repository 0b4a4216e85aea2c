import type { Call } from './call.ts';
import { unserved } from './refusal.ts';

/**
 * What `since` lets through: whatever was updated at that time or later. Source: docs.github.com, "List issue
 * comments for a repository" and its neighbours. How GitHub reads a time that is none is not known here.
 */
export function updatedSince(call: Call): (thing: { readonly updatedAt: string }) => boolean {
  const since = call.query.get('since');
  if (since === null) return () => true;
  const from = Date.parse(since);
  if (Number.isNaN(from)) throw unserved(`since=${since}`);
  return ({ updatedAt }) => Date.parse(updatedAt) >= from;
}

interface Listed {
  readonly id: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * Puts the comments of a repository into the order that a request asks for: by ascending id unless it says
 * `sort`, without which `direction` is ignored. GitHub does not say which direction `sort` alone has.
 */
export function inAskedOrder<T extends { readonly comment: Listed }>(call: Call, items: readonly T[]): T[] {
  const sort = call.query.get('sort');
  const direction = call.query.get('direction');
  if (sort === null) return items.toSorted((a, b) => a.comment.id - b.comment.id);
  if (sort !== 'created' && sort !== 'updated') throw unserved(`sort=${sort}`);
  if (direction !== 'asc' && direction !== 'desc') throw unserved(`sort=${sort} with direction=${direction}`);
  const key = sort === 'updated' ? 'updatedAt' : 'createdAt';
  const sign = direction === 'asc' ? 1 : -1;
  return items.toSorted(
    ({ comment: a }, { comment: b }) => sign * (Date.parse(a[key]) - Date.parse(b[key]) || a.id - b.id),
  );
}
