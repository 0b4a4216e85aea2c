import type { Span, Trace } from './spans.ts';

const INTERNAL = 1;
const CLIENT = 3;
const ERROR = 2;
const LONGEST = 200;

/**
 * A trace as the body of an OTLP request, in OTLP's JSON: ids in hex, times in nanoseconds and whole numbers as texts.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
 */
export function otlpRequest({ id, spans }: Trace, service: string): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'conductor' }, spans: spans.map((span) => otlpSpan(id, span)) }],
      },
    ],
  };
}

function otlpSpan(traceId: string, span: Span) {
  const { id, parent, name, isCall, start, end, attributes, failure } = span;
  return {
    traceId,
    spanId: id,
    ...(parent !== null && { parentSpanId: parent }),
    name: name.slice(0, LONGEST),
    kind: isCall ? CLIENT : INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(failure === null ? attributes : { ...attributes, 'error.type': failure }),
    status: failure === null ? {} : { code: ERROR, message: failure },
  };
}

const nanoseconds = (milliseconds: number) => `${milliseconds}000000`;

const attributesOf = (attributes: Span['attributes']) =>
  Object.entries(attributes).map(([key, of]) => ({ key, value: typedValue(of) }));

function typedValue(of: string | number) {
  if (typeof of === 'string') return { stringValue: of.slice(0, LONGEST) };
  return Number.isInteger(of) ? { intValue: String(of) } : { doubleValue: of };
}
