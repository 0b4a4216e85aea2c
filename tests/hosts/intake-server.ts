import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createIntake, type Intake, type IntakeOptions, type Reception } from '../../src/hosts/intake.ts';

export const SECRET = "It's a Secret to Everybody";

interface Received {
  readonly name: string;
  readonly payload: unknown;
}

export interface IntakeServer {
  readonly intake: Intake;
  readonly port: number;
  /** What was handed over to be stored, in order. */
  readonly received: Received[];
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[];
  /** What `receive` does from now on. */
  receives(how: (name: string, payload: unknown) => Promise<Reception>): void;
  close(): Promise<void>;
}

/** An intake behind a real HTTP server, with a storage that takes everything and keeps nothing. */
export async function startIntake(options: Partial<IntakeOptions> = {}): Promise<IntakeServer> {
  const received: Received[] = [];
  const logged: IntakeServer['logged'] = [];
  let receive: (name: string, payload: unknown) => Promise<Reception> = async () => ({
    kind: 'run',
    how: 'accepted',
    run: 'run-1',
  });
  const intake = createIntake({
    secret: SECRET,
    events: ['issues', 'issue_comment', 'pull_request', 'pull_request_review', 'push', 'installation'],
    receive: (name, payload) => {
      received.push({ name, payload });
      return receive(name, payload);
    },
    log: (level, message, fields) => void logged.push({ level, message, fields }),
    ...options,
  });
  const http = createServer((incoming, response) => void intake.handle(incoming, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    intake,
    port: (http.address() as AddressInfo).port,
    received,
    logged,
    receives: (how) => {
      receive = how;
    },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    readonly status?: string;
    readonly reason?: string;
    readonly run?: string;
    readonly code?: string;
    readonly error?: string;
    readonly detail?: string;
    readonly requestId?: string;
  };
}

export interface Delivery {
  readonly method?: string;
  readonly event?: string;
  readonly body?: string | Buffer;
  /** Over or instead of a delivery's own; undefined leaves one out. */
  readonly headers?: OutgoingHttpHeaders;
  /** The address it is sent from. */
  readonly from?: string;
}

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

let deliveries = 0;

/** Sends a delivery as GitHub would: signed, and with its headers, but for what is said. */
export function deliver(server: IntakeServer, delivery: Delivery): Promise<Sent> {
  const { method = 'POST', event = 'push', body = '{}', headers = {}, from = '127.0.0.1' } = delivery;
  deliveries += 1;
  const all: OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-github-event': event,
    'x-github-delivery': `00000000-0000-4000-8000-${String(deliveries).padStart(12, '0')}`,
    'x-hub-signature-256': sign(body),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const client = request(
      { port: server.port, host: '127.0.0.1', localAddress: from, method, headers: sent },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: text === '' ? {} : JSON.parse(text),
          }),
        );
      },
    );
    client.on('error', reject);
    client.end(body);
  });
}

/**
 * What comes back for these very bytes, until the server closes or nothing came for so long; the socket is closed then.
 * Several pieces are sent one after the other, with time between them for the server to read.
 */
export function raw(
  server: IntakeServer,
  bytes: string | Buffer | readonly string[],
  quietMs = 200,
): Promise<string> {
  const pieces = typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [bytes] : bytes;
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', async () => {
      for (const piece of pieces) {
        socket.write(piece);
        if (pieces.length > 1) await wait(100);
      }
    });
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** The head of a delivery as it is on the wire, signed for `body`. */
export function headOnWire(body: string | Buffer, more: Readonly<Record<string, string>>): string {
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': '00000000-0000-4000-8000-000000000000',
    'x-hub-signature-256': sign(body),
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /api/github/webhooks HTTP/1.1\r\n${lines.join('')}\r\n`;
}
