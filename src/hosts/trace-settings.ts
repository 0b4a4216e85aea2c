import type { TraceSettings } from '../web/traces/send-traces.ts';
import { SettingError, type Variables, withoutSlash } from './environment.ts';

const TIMEOUT_MS = 10_000;

/**
 * Where traces go, from OpenTelemetry's own variables; null: nowhere, which is what they are without an endpoint. Source:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/. @throws SettingError for what can't be sent to
 */
export function traceSettings(variables: Variables): TraceSettings | null {
  const of = (name: string) =>
    variables[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || variables[`OTEL_EXPORTER_OTLP_${name}`] || '';
  if (of('ENDPOINT') === '' || variables.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
  const url =
    variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ||
    `${withoutSlash(variables.OTEL_EXPORTER_OTLP_ENDPOINT ?? '')}/v1/traces`;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url) || of('PROTOCOL') === 'grpc')
    throw new SettingError(
      'Traces go out by OTLP over HTTP, and OTEL_EXPORTER_OTLP_ENDPOINT (or its protocol) is something else.',
      'Set it to the collector’s HTTP address (its port is 4318 as a rule), or leave it out.',
    );
  return {
    url,
    headers: headersIn(of('HEADERS')),
    timeoutMs: Number(of('TIMEOUT')) || TIMEOUT_MS,
    service: variables.OTEL_SERVICE_NAME || 'conductor',
  };
}

/** `name=value,name=value`, values percent-encoded. */
function headersIn(list: string): Record<string, string> {
  const pairs = list.split(',').flatMap((pair) => {
    const [, name, encoded = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    return name ? [[name, decoded(encoded)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
