import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * A key for one gateway, shaped like a vendor's: some CLIs look at it, and one masks what it takes for a key wherever
 * it stands, so a short one would spoil its own output.
 */
export function newGatewayKey(): string {
  return `sk-ant-api03-${randomBytes(69).toString('base64url')}-${randomBytes(4).toString('base64url')}AA`;
}

/** Is `key` in one of the places where vendors' clients put theirs? Takes as long for a wrong key as for the right one. */
export function presents(key: string, headers: IncomingHttpHeaders, query: URLSearchParams): boolean {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = [
    bearer,
    headers['x-api-key'],
    headers['api-key'],
    headers['x-goog-api-key'],
    query.get('key'),
  ];
  return given.some((text) => typeof text === 'string' && isSame(text, key));
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
