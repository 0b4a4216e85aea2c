import type { ModelAnswer, Price } from '../model.ts';
import { failureFrom, failureOf, type SdkErrors } from './vendor-failure.ts';

/** What every adapter needs to reach one configured model. */
export interface VendorOptions {
  /** The model's name in the configuration. */
  readonly name: string;
  /** The vendor's id of the model. */
  readonly model: string;
  /** Never looked up in the environment here: a server holds keys of several owners. */
  readonly apiKey: string;
  /** null: the vendor's own address. */
  readonly baseUrl: string | null;
  readonly price: Price | null;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds until the answer must have begun. Default: ten minutes. */
  readonly timeoutMs?: number | undefined;
}

/** The client settings that both SDKs share. Retries, and what may be logged, are decided above the adapters. */
export function clientOptions({ apiKey, fetch, timeoutMs }: VendorOptions) {
  return { apiKey, fetch, timeout: timeoutMs ?? 600_000, maxRetries: 0, logLevel: 'off' as const };
}

/** One streamed call. */
interface VendorCall<Event> {
  readonly label: string;
  readonly errors: SdkErrors;
  readonly signal: AbortSignal;
  open(): PromiseLike<AsyncIterable<Event>>;
  /** Puts the events of a whole stream together; null when its last event is missing. */
  read(events: readonly Event[]): ModelAnswer | null;
}

/** Streams one turn to its end. Whatever the vendor or the network does comes back as a failure, never as an exception. */
export async function askVendor<Event>(call: VendorCall<Event>): Promise<ModelAnswer> {
  const { label, errors, signal } = call;
  const failed = (code: 'model_stopped' | 'model_unavailable', did: string): ModelAnswer => {
    return { ok: false, failure: failureOf(code, label, did) };
  };
  const events: Event[] = [];
  try {
    for await (const event of await call.open()) events.push(event);
  } catch (error) {
    if (!signal.aborted) return { ok: false, failure: failureFrom(error, label, errors) };
  }
  // Asked after the loop too: the SDKs end an aborted stream like a finished one.
  if (signal.aborted) return failed('model_stopped', 'was stopped before it had answered');
  try {
    return call.read(events) ?? failed('model_unavailable', 'broke off in mid-answer');
  } catch {
    // Events are whatever the server sent: the SDKs do not check their shape.
    return failed('model_unavailable', 'answered in a form that nobody can read');
  }
}

/** `raw` as JSON; or `raw` itself when it is none, for the tool's schema to refuse. No arguments at all are `{}`. */
export function toolInput(raw: string): unknown {
  try {
    return raw.trim() === '' ? {} : JSON.parse(raw);
  } catch {
    return raw;
  }
}
