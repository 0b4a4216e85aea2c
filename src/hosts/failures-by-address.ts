import { isIPv6 } from 'node:net';

export interface FailureLimits {
  /** Failures that one address may have in any minute. */
  readonly failuresPerMinute: number;
  /** Addresses remembered; beyond it, the one whose last failure is oldest is forgotten. */
  readonly addresses: number;
}

/** How often each address failed within the last minute. */
export interface FailuresByAddress {
  /** Whole seconds until this address may try again; 0 when it may now. */
  secondsToWait(address: string): number;
  add(address: string): void;
  /** A delivery from there was verified: for an hour its failures do not count, since GitHub may stand behind it. */
  verified(address: string): void;
}

const WINDOW_MS = 60_000;
const TRUSTED_MS = 60 * 60_000;
const PROBE_MS = 1_000;

/**
 * A sliding window of one minute for each address; beyond its limit, one request a second is let through. Memory is bounded: `addresses` times `failuresPerMinute` numbers.
 * `now` is in milliseconds and never goes back, whatever is done to the machine's clock.
 */
export function failuresByAddress(
  { failuresPerMinute, addresses }: FailureLimits,
  now: () => number = () => performance.now(),
): FailuresByAddress {
  const failures = new Map<string, number[]>();
  const trusted = new Map<string, number>();

  return {
    secondsToWait(address) {
      // Almost always nobody has failed, and every delivery asks.
      if (failures.size === 0) return 0;
      const network = networkOf(address);
      if ((trusted.get(network) ?? Number.NEGATIVE_INFINITY) > now() - TRUSTED_MS) return 0;
      const times = failures.get(network);
      if (times === undefined || times.length < failuresPerMinute) return 0;
      // One a second is looked at all the same: it may be GitHub’s first, from behind the address of somebody else.
      if (now() - (times.at(-1) ?? 0) >= PROBE_MS) return 0;
      return Math.max(0, Math.ceil(((times[0] ?? 0) + WINDOW_MS - now()) / 1_000));
    },
    verified(address) {
      const network = networkOf(address);
      trusted.delete(network);
      trusted.set(network, now());
      const [oldest] = trusted.keys();
      if (trusted.size > addresses && oldest !== undefined) trusted.delete(oldest);
    },
    add(address) {
      const network = networkOf(address);
      const times = failures.get(network) ?? [];
      times.push(now());
      if (times.length > failuresPerMinute) times.shift();
      // Taken out and put in again, so that the map is in the order of last failures.
      failures.delete(network);
      failures.set(network, times);
      const [oldest] = failures.keys();
      if (failures.size > addresses && oldest !== undefined) failures.delete(oldest);
    },
  };
}

/**
 * What one sender holds: an IPv4 address, or the first 64 bits of an IPv6 address, since a whole /64 is what one
 * subscriber is given (RFC 6177). IPv4 written as IPv6 is IPv4.
 */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const zeros = Array.from({ length: Math.max(0, 8 - groups(head).length - groups(tail).length) }, () => '0');
  const all = [...groups(head), ...(tail === undefined ? [] : zeros), ...groups(tail)];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
