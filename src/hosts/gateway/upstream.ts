import type { WireName } from '../../agents/cli/host.ts';

/** The one model that a gateway leads to, with its vendor's key. Never leaves this process. */
export interface Upstream {
  /** As the config names it. */
  readonly provider: string;
  /** The vendor's id of the model. */
  readonly model: string;
  readonly apiKey: string;
  /** How each wire format that it speaks is reached: what its paths come after, without a slash at the end. */
  readonly addresses: Readonly<Partial<Record<WireName, string>>>;
  /** True where Anthropic's key has to be sent as `x-api-key`, whatever the CLI does. */
  readonly legacy: boolean;
}

/** The headers of a request that a vendor needs. All others say who sends it, and with what. */
const PASSED_ON = ['anthropic-version', 'anthropic-beta', 'openai-beta', 'accept'];

/** What is sent to the vendor beside the body: the key in the place where the CLI had its own. */
export function upstreamHeaders(
  wire: WireName,
  given: Readonly<Record<string, string | string[] | undefined>>,
  { apiKey, legacy }: Upstream,
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = given[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(passed),
    'content-type': 'application/json',
    // What is counted on the way has to be readable.
    'accept-encoding': 'identity',
    'user-agent': 'conductor',
    ...keyHeader(wire, given, apiKey, legacy),
  };
}

function keyHeader(
  wire: WireName,
  given: Readonly<Record<string, unknown>>,
  apiKey: string,
  legacy: boolean,
): Record<string, string> {
  if (wire === 'gemini') return { 'x-goog-api-key': apiKey };
  if (wire === 'messages' && (legacy || 'x-api-key' in given)) return { 'x-api-key': apiKey };
  return { authorization: `Bearer ${apiKey}` };
}
