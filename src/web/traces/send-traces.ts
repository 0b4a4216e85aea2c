import type { RunWatch } from '../../runs/run-watch.ts';
import { otlpRequest } from './otlp.ts';
import { traceOf } from './spans.ts';

/** Where traces go. */
export interface TraceSettings {
  /** The address itself: no path is added. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the collector knows this process by. */
  readonly service: string;
}

export interface Traces {
  readonly runs: RunWatch;
  /** Waits for those that are being sent: for one request's time at most. */
  sent(): Promise<void>;
}

/** A collector that is away must not fill the memory: what comes beyond is dropped. */
const MOST_AT_ONCE = 100;

/**
 * Sends each run's trace when the run is over, in one request, once. A failure is told to `failed` and touches nothing
 * else. `masked`: without secrets.
 */
export function sendTraces(
  { url, headers, timeoutMs, service }: TraceSettings,
  masked: <T>(value: T) => T,
  failed: (why: string) => void,
): Traces {
  const sending = new Set<Promise<void>>();

  async function send(body: unknown): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // The headers may hold a key, and a redirection could lead it anywhere.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) failed(`The collector answered ${response.status}.`);
  }

  return {
    runs: {
      recorded: () => undefined,
      over(origin, events) {
        if (sending.size >= MOST_AT_ONCE) return failed('Too many traces wait for the collector.');
        const sent = send(masked(otlpRequest(traceOf(origin, events), service)))
          .catch((error: unknown) => failed(causeOf(error)))
          .finally(() => sending.delete(sent));
        sending.add(sent);
      },
    },
    sent: async () => void (await Promise.all(sending)),
  };
}

/** What fetch says of itself is only that it failed. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return String(cause);
}
