import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Headers by which a proxy says for whom it asks. */
const FORWARDED = /^(forwarded|via|x-forwarded-|x-real-ip$|x-client-ip$|true-client-ip$|cf-connecting-ip$)/;
const LOOPBACK_ADDRESS = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const LOOPBACK_HOST = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Who may read the figures, which tell of repositories and money: whoever asks on this machine, for this machine, and
 * not for somebody else; or whoever knows the token. `token` null: nobody does.
 */
export function mayReadMetrics(
  address: string | undefined,
  headers: IncomingHttpHeaders,
  token: string | null,
): boolean {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token !== null && given !== undefined && isSame(given, token)) return true;
  return (
    LOOPBACK_ADDRESS.test(address ?? '') &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    !Object.keys(headers).some((name) => FORWARDED.test(name))
  );
}

/** In the same time, wherever they differ and however long they are. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [given, token].map((of) => createHash('sha256').update(of).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
