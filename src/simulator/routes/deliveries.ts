import { type Answer, type Call, numberParam, ok, onPlatform, type Route } from '../call.ts';
import { pageOf } from '../pagination.ts';
import { notFound, unprocessable } from '../refusal.ts';
import { renderDelivery, renderDeliveryItem } from '../render/deliveries.ts';
import type { Delivery, Webhooks } from '../webhooks.ts';

/** GitHub forgets deliveries after three days. Source: docs.github.com, "Viewing webhook deliveries". */
const KEPT_MS = 3 * 24 * 3_600_000;

/** What was delivered to the App's webhook, and delivering it again. */
export function deliveryRoutes(webhooks: Webhooks): Route[] {
  /** Newest first. One that nobody has answered yet has no status code, and is not told of. */
  const kept = (call: Call): Delivery[] => {
    const { actor, world } = call;
    const oldest = world.now().getTime() - KEPT_MS;
    return webhooks.deliveries
      .filter(
        ({ app, deliveredAt, statusCode }) =>
          actor.kind === 'app' && app === actor.app && statusCode !== 0 && Date.parse(deliveredAt) >= oldest,
      )
      .toReversed();
  };
  const named = (call: Call): Delivery => {
    const id = numberParam(call, 'delivery_id');
    const delivery = kept(call).find((candidate) => candidate.id === id);
    if (delivery === undefined) throw notFound();
    return delivery;
  };
  return [
    onPlatform('GET /app/hook/deliveries', 'app', (call) => list(call, kept(call)), {
      query: ['cursor', 'status'],
    }),
    onPlatform('GET /app/hook/deliveries/{delivery_id}', 'app', (call) => ok(renderDelivery(named(call)))),
    onPlatform('POST /app/hook/deliveries/{delivery_id}/attempts', 'app', (call) => {
      webhooks.redeliver(named(call));
      return { status: 202, body: {} };
    }),
  ];
}

/**
 * The cursor is opaque to callers and names the first delivery of a page, so what is delivered meanwhile
 * moves no page. A status is a range of codes: below 400 is a success. Source: docs.github.com, "List
 * deliveries for an app webhook".
 */
function list(call: Call, all: readonly Delivery[]): Answer {
  const { size } = pageOf(call);
  const status = call.query.get('status');
  if (status !== null && status !== 'success' && status !== 'failure')
    throw unprocessable(`"${status}" is not a status of deliveries.`);
  const shown = all.filter(
    ({ statusCode }) => status === null || statusCode < 400 === (status === 'success'),
  );
  const cursor = call.query.get('cursor');
  const start = cursor === null ? 0 : shown.findIndex((delivery) => cursorOf(delivery) === cursor);
  if (start === -1) throw unprocessable('The cursor is not one of this list.');
  const next = shown[start + size];
  const query = new URLSearchParams(call.query);
  if (next !== undefined) query.set('cursor', cursorOf(next));
  const headers: Record<string, string> =
    next === undefined ? {} : { link: `<${call.world.api(call.path)}?${query}>; rel="next"` };
  return { status: 200, body: shown.slice(start, start + size).map(renderDeliveryItem), headers };
}

function cursorOf(delivery: Delivery): string {
  return `v1_${delivery.id}`;
}
