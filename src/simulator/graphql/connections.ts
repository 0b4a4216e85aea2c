import { FieldRefusal } from './refusals.ts';

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

const MOST = 100;

/**
 * Refuses a page that GitHub would not cut: one end must be named, and at most a hundred entries.
 * Source: docs.github.com, "Rate limits and query limits for the GraphQL API", Node limit.
 */
export function checkPage(name: string, { first, last }: PageArguments): void {
  const [size, end] = first === undefined || first === null ? [last, 'last'] : [first, 'first'];
  if (size === undefined || size === null) {
    throw new FieldRefusal(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  if (size > MOST) {
    throw new FieldRefusal(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${name}\` connection exceeds the \`${end}\` limit of ${MOST} records.`,
    );
  }
  if (size < 0)
    throw new FieldRefusal(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${end}\` on the \`${name}\` connection cannot be less than zero.`,
    );
}

/** One page of a list, as every connection of GitHub's shows it. A cursor is a place in the list. */
export function connect<T>(args: PageArguments, all: readonly T[], edge: (item: T) => object = () => ({})) {
  const start = args.after ? placeOf(args.after) + 1 : 0;
  const end = args.before ? placeOf(args.before) : all.length;
  const from =
    typeof args.last === 'number' && typeof args.first !== 'number'
      ? Math.max(start, end - args.last)
      : start;
  const to = typeof args.first === 'number' ? Math.min(end, from + args.first) : end;
  const nodes = all.slice(from, to);
  return {
    totalCount: all.length,
    nodes,
    edges: nodes.map((node, index) => ({ ...edge(node), cursor: cursorOf(from + index), node })),
    pageInfo: {
      startCursor: nodes.length === 0 ? null : cursorOf(from),
      endCursor: nodes.length === 0 ? null : cursorOf(from + nodes.length - 1),
      hasNextPage: to < all.length,
      hasPreviousPage: from > 0 && all.length > 0,
    },
  };
}

export function cursorOf(place: number): string {
  return Buffer.from(`cursor:v2:${place}`).toString('base64');
}

function placeOf(cursor: string): number {
  const [, place] = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (place === undefined)
    throw new FieldRefusal('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(place);
}
