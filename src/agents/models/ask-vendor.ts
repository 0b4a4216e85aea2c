import type { Capabilities, ModelAnswer, ModelFailure, Price, Prompt } from '../model.ts';
import { type Limits, patiently } from './patiently.ts';
import { soundTurn } from './sound-turn.ts';
import { failureOf, type SdkErrors } from './vendor-failure.ts';

/** What every adapter needs to reach one configured model. */
export interface VendorOptions extends Limits {
  /** The model's name in the configuration. */
  readonly name: string;
  /** `provider/model`, as people read it. */
  readonly label: string;
  /** The vendor's id of the model. */
  readonly model: string;
  /** Never looked up in the environment here: a server holds keys of several owners. */
  readonly apiKey: string;
  /** null: the vendor's own address. */
  readonly baseUrl: string | null;
  readonly price: Price | null;
  readonly capabilities: Capabilities;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The client settings that the SDKs share. Retries, and what may be logged, are decided above the adapters. */
export function clientOptions({ fetch }: Pick<VendorOptions, 'fetch'>) {
  return { fetch, maxRetries: 0, logLevel: 'off' as const };
}

/** One request to a vendor, and how it is spoken of. */
interface VendorRequest {
  readonly options: Limits & Pick<VendorOptions, 'label'>;
  readonly errors: SdkErrors;
  readonly signal: AbortSignal;
}

/** One streamed call. */
interface VendorCall<Event> extends VendorRequest {
  readonly prompt: Prompt;
  open(signal: AbortSignal): PromiseLike<AsyncIterable<Event>>;
  /** True where the model may be silent for long after this event: it thinks, and does not say what. */
  thinksAfter(event: Event): boolean;
  /** Puts the events of a whole stream together; null when its last event is missing. */
  read(events: readonly Event[]): ModelAnswer | null;
}

/** Streams one turn to its end. Whatever the vendor or the network does comes back as a failure, never as an exception. */
export async function askVendor<Event>(call: VendorCall<Event>): Promise<ModelAnswer> {
  const { label } = call.options;
  const events: Event[] = [];
  const failed = (failure: ModelFailure): ModelAnswer => {
    return { ok: false, failure: events.length > 0 ? { ...failure, mayHaveCost: true } : failure };
  };
  const failure = await patiently({ ...call, ...call.options }, async (signal, heard) => {
    for await (const event of await call.open(signal)) {
      if (isBeat(event)) continue;
      events.push(event);
      heard(call.thinksAfter(event));
    }
  });
  if (failure) return failed(failure);
  try {
    const answer = call.read(events);
    if (answer?.ok) return { ok: true, turn: soundTurn(answer.turn, call.prompt) };
    return failed(answer?.failure ?? failureOf('model_unavailable', label, 'broke off in mid-answer'));
  } catch {
    // Events are whatever the server sent: the SDKs do not check their shape.
    return failed(failureOf('model_unavailable', label, 'answered in a form that nobody can read'));
  }
}

/** Makes one short request that costs nothing; null: all is well. Never throws. */
export async function checkVendor(
  request: VendorRequest,
  look: (signal: AbortSignal) => PromiseLike<ModelFailure | null>,
): Promise<ModelFailure | null> {
  let found: ModelFailure | null = null;
  const failure = await patiently({ ...request, ...request.options }, async (signal) => {
    found = await look(signal);
  });
  return failure ?? found;
}

/** True for an event that only says that somebody is still there. */
function isBeat(event: unknown): boolean {
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : null;
  return type === 'ping' || type === 'keepalive';
}

/** `raw` as JSON; or `raw` itself when it is none, for the tool's schema to refuse. No arguments at all are `{}`. */
export function toolInput(raw: string): unknown {
  try {
    const input: unknown = raw.trim() === '' ? {} : JSON.parse(raw);
    // What is nested too deeply can be read and not be written again, and it will be.
    JSON.stringify(input);
    return input;
  } catch {
    return raw;
  }
}
