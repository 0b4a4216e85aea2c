import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface VendorServer {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** How many connections the client's side has closed before the answer was over. */
  readonly hungUp: () => number;
  close(): Promise<void>;
}

/** A loopback server that answers as a test says, down to the socket. */
export async function vendorServer(
  answer: (response: ServerResponse) => void | Promise<void>,
): Promise<VendorServer> {
  const requests: ReceivedRequest[] = [];
  let hungUp = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString() || '{}'),
      });
      void answer(response);
    });
    response.on('close', () => {
      if (!response.writableFinished) hungUp += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    hungUp: () => hungUp,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with an error status and a JSON body. */
export function refuse(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Streams `frames`, then ends as told: properly, by tearing the connection down, or not at all. */
export function stream(frames: readonly string[], ending: 'end' | 'cut' | 'silence' = 'end') {
  return (response: ServerResponse) => {
    response.writeHead(200, EVENTS);
    response.write(frames.join(''), () => {
      if (ending === 'end') response.end();
      if (ending === 'cut') setTimeout(() => response.destroy(), 20);
    });
    if (frames.length === 0 && ending === 'end') response.end();
    response.flushHeaders();
  };
}

/** Streams `frames` in network pieces of so many bytes, which end anywhere: inside a line, inside a character. */
export function inPieces(frames: readonly string[], bytes: number) {
  return async (response: ServerResponse) => {
    response.writeHead(200, EVENTS);
    response.socket?.setNoDelay(true);
    const all = Buffer.from(frames.join(''));
    for (let at = 0; at < all.length; at += bytes) {
      response.write(all.subarray(at, at + bytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
}

/** Streams `frames`, and then for ever what only says that the connection still stands, every few milliseconds. */
export function drip(frames: readonly string[], beat: string) {
  return (response: ServerResponse) => {
    response.writeHead(200, EVENTS).write(frames.join(''));
    const timer = setInterval(() => response.write(beat), 5);
    response.on('close', () => clearInterval(timer));
  };
}

const EVENTS = { 'content-type': 'text/event-stream' };
