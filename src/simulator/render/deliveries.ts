import type { Delivery } from '../webhooks.ts';
import type { Schemas } from './schemas.ts';

/** GitHub's `hook-delivery-item`. */
export function renderDeliveryItem(delivery: Delivery): Schemas['hook-delivery-item'] {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installation?.id ?? null,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** GitHub's `hook-delivery`: with what was sent and what came back. */
export function renderDelivery(delivery: Delivery): Schemas['hook-delivery'] {
  return {
    ...renderDeliveryItem(delivery),
    id: delivery.id,
    installation_id: delivery.installation?.id ?? null,
    repository_id: delivery.repositoryId,
    url: delivery.url,
    request: { headers: { ...delivery.requestHeaders }, payload: { ...delivery.payload } },
    response: { headers: { ...delivery.responseHeaders }, payload: delivery.responseBody },
  };
}
