import type { IncomingHttpHeaders } from 'node:http';
import { isJson, type Json, type Route, type Wire } from './wire.ts';

/** A request that may be let through, or why it may not. */
export type Accepted =
  | {
      readonly ok: true;
      readonly wire: Wire;
      readonly route: Route;
      readonly bytes: Buffer;
      readonly body: Json;
    }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Reads a request's body, and holds it against what may be asked here: the one model, and nothing of unknown cost. */
export function acceptRequest(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  wire: Wire,
  route: Route,
  model: string,
): Accepted {
  const no = (status: number, message: string): Accepted => ({ ok: false, status, message });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return no(415, 'Send the request without compression.');
  const body = parsed(bytes);
  if (body === null) return no(400, 'The request is not a JSON object.');
  const asked = route.model ?? body.model;
  if (asked !== model) {
    const named = typeof asked === 'string' ? `\`${asked.slice(0, 100)}\`` : 'None';
    return no(403, `${named} is not the model that is let through here: that is \`${model}\`.`);
  }
  const objection = wire.objection(body);
  return objection === null ? { ok: true, wire, route, bytes, body } : no(403, objection);
}

function parsed(bytes: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
