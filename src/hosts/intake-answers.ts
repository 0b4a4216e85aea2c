import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardRest } from './read-body.ts';

export type RefusalCode = keyof typeof REFUSALS;

/** Every answer but 202: its status, and what happened and what to do, for people. */
const REFUSALS = {
  method_not_allowed: [405, 'Webhooks arrive by POST, and this was not one. Send the delivery by POST.'],
  unsupported_media_type: [415, 'Only application/json is read. Set it as the App’s webhook content type.'],
  missing_headers: [400, 'X-GitHub-Event or X-GitHub-Delivery is missing or no name. Send one of each.'],
  missing_signature: [
    401,
    'There is no X-Hub-Signature-256, and SHA-1 does not count. Set a secret in the App’s webhook settings.',
  ],
  wrong_signature: [
    401,
    'The signature does not fit the body. Set WEBHOOK_SECRET to the App’s webhook secret.',
  ],
  too_many_failures: [429, 'Too many failed signatures from this address. Wait as long as Retry-After says.'],
  empty_body: [400, 'The body is empty, so there is no event in it. Send the payload as the body.'],
  body_too_large: [413, 'The body is over 25 MB, and GitHub sends none that is. Send a smaller one.'],
  body_too_slow: [408, 'The body did not arrive in time. Send the delivery again, faster.'],
  not_utf8: [400, 'The body is not UTF-8, as JSON has to be. Send the very bytes that were signed.'],
  not_json: [400, 'The body is signed, and yet no JSON. Send a payload of GitHub’s.'],
  malformed_payload: [
    400,
    'The body is no payload of the event in X-GitHub-Event. Send what belongs together.',
  ],
  too_busy: [503, 'Too many deliveries arrive at once. Ask GitHub for this one again later.'],
  not_stored: [
    503,
    'The event could not be stored. Ask GitHub for this delivery again when storage is back.',
  ],
  stored_too_late: [
    503,
    'Storing the event takes longer than GitHub waits. Ask for this delivery again later.',
  ],
  unexpected_error: [500, 'Something failed that should not. The log tells of it under this request id.'],
} as const;

/** What is said to a delivery. */
export type Answer =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly retryAfter?: number }
  | { readonly kind: 'accepted' | 'known'; readonly run?: string }
  | { readonly kind: 'handled'; readonly what: string }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'unsupported' | 'gone' };

const RETRY_AFTER_SECONDS = 30;

export const refused = (code: RefusalCode): Answer => ({ kind: 'refused', code });

/**
 * Sends the answer; nothing to a sender who is gone. A sender whose body was not read gets it too, and is then cut off.
 * 429 and 503 carry Retry-After, in seconds.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
): void {
  if (answer.kind === 'gone' || response.headersSent || response.destroyed) return;
  const [status, body] = pageOf(answer, requestId);
  const text = JSON.stringify(body);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  if (status === 405) response.setHeader('allow', 'POST');
  if (status === 429 || status === 503)
    response.setHeader('retry-after', ('retryAfter' in answer && answer.retryAfter) || RETRY_AFTER_SECONDS);
  response.statusCode = status;
  if (request.complete) {
    response.end(text);
    return;
  }
  response.setHeader('connection', 'close');
  response.write(text);
  discardRest(request, () => response.end());
}

function pageOf(answer: Answer, requestId: string): readonly [number, Readonly<Record<string, unknown>>] {
  switch (answer.kind) {
    case 'refused': {
      const [status, detail] = REFUSALS[answer.code];
      return [status, { error: answer.code, detail, code: answer.code, requestId }];
    }
    case 'handled':
      return [202, { status: answer.what }];
    case 'unsupported':
      return [202, { status: 'ignored', reason: 'unsupported_event' }];
    default: {
      const { kind: status, ...more } = answer;
      return [202, { status, ...more }];
    }
  }
}
