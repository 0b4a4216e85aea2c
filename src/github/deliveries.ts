import type { Octokit } from '@octokit/rest';
import { translate } from './errors.ts';

/** A client that speaks as the App itself. */
export type AppClient = Pick<Octokit, 'request'>;

/** One attempt to deliver an event, as GitHub lists it. */
interface Attempt {
  /** Digits: the numbers pass what JavaScript's can hold. */
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  readonly delivered_at: string;
  readonly status_code: number;
}

/** GitHub keeps deliveries for three days. Source: docs.github.com, "Redelivering webhooks". */
export const DELIVERIES_KEPT_MS = 3 * 24 * 3_600_000;
/** An event that was refused so often is refused for a reason that time does not mend. */
const MOST_ATTEMPTS = 4;
const PAGE = 100;

/**
 * Asks GitHub to deliver again what reached nobody since a point in time: GitHub does not by itself. An event counts
 * as delivered when any attempt was answered 2xx; one that was refused as malformed is left alone.
 * Returns how many were asked for.
 */
export async function redeliverFailed(
  client: AppClient,
  since: Date,
  events: readonly string[],
): Promise<number> {
  try {
    const attempts = await attemptsSince(client, since);
    let asked = 0;
    for (const [, group] of Map.groupBy(attempts, ({ guid }) => guid)) {
      const [newest] = group;
      if (!newest || !events.includes(newest.event) || !isWorthAsking(group)) continue;
      await client.request(`POST /app/hook/deliveries/${newest.id}/attempts`);
      asked += 1;
    }
    return asked;
  } catch (error) {
    throw translate(error, 'asking for failed deliveries again');
  }
}

function isWorthAsking(attempts: readonly Attempt[]): boolean {
  const answered = (least: number, most: number) =>
    attempts.some(({ status_code }) => status_code >= least && status_code <= most);
  return attempts.length < MOST_ATTEMPTS && !answered(200, 299) && !answered(400, 400) && !answered(413, 415);
}

/** Newest first. */
async function attemptsSince(client: AppClient, since: Date, cursor?: string): Promise<Attempt[]> {
  const page = cursor === undefined ? {} : { cursor };
  const { data, headers } = await client.request('GET /app/hook/deliveries', {
    per_page: PAGE,
    ...page,
    request: { parseSuccessResponseBody: false },
  });
  const listed = parse(await new Response(data as unknown as ReadableStream).text());
  const recent = listed.filter(({ delivered_at }) => Date.parse(delivered_at) >= since.getTime());
  const next = recent.length === listed.length ? nextCursor(headers.link) : null;
  return next === null ? recent : [...recent, ...(await attemptsSince(client, since, next))];
}

/** JSON with the digits of ids as they were written. */
function parse(json: string): Attempt[] {
  const digits = (key: string, of: unknown, context?: { readonly source: string }) =>
    key === 'id' && context ? context.source.replace(/\D/g, '') : of;
  return JSON.parse(json, digits);
}

function nextCursor(link: string | undefined): string | null {
  const next = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? null : new URL(next).searchParams.get('cursor');
}
