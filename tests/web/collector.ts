import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP's JSON has it. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** An OTLP collector over HTTP, which keeps what it is sent. */
export interface Collector {
  readonly url: string;
  readonly requests: {
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }[];
  /** What it answers from now on; null: nothing at all. */
  answer(status: number | null): void;
  spans(): readonly SentSpan[];
  close(): Promise<void>;
}

export async function openCollector(): Promise<Collector> {
  const requests: Collector['requests'] = [];
  let status: number | null = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      if (status !== null) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(next) {
      status = next;
    },
    spans: () =>
      requests.flatMap(({ body }) =>
        JSON.parse(body).resourceSpans.flatMap((each: { scopeSpans: { spans: SentSpan[] }[] }) =>
          each.scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Spans as an indented list of their names, children in the order in which they began; a child outside its parent's time says so. */
export function treeOf(spans: readonly SentSpan[]): string {
  const startOf = ({ startTimeUnixNano }: SentSpan) => BigInt(startTimeUnixNano);
  const endOf = ({ endTimeUnixNano }: SentSpan) => BigInt(endTimeUnixNano);
  const lines: string[] = [];
  const show = (span: SentSpan, depth: number, parent: SentSpan | null) => {
    const inside = parent === null || (startOf(span) >= startOf(parent) && endOf(span) <= endOf(parent));
    lines.push(
      `${'  '.repeat(depth)}${span.name}${inside && startOf(span) <= endOf(span) ? '' : ' (outside its parent’s time)'}`,
    );
    const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
    for (const child of children) show(child, depth + 1, span);
  };
  for (const root of spans.filter(({ parentSpanId }) => parentSpanId === undefined)) show(root, 0, null);
  return lines.join('\n');
}
