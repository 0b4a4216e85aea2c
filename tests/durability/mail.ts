import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A webhook delivery as GitHub sends it. */
export interface Mail {
  readonly event: string;
  readonly guid: string;
  readonly signature: string;
  readonly body: string;
}

/** Stands where the App would, takes every webhook, and hands it to `deliver`, whose status is the answer. */
export interface Mailbox {
  readonly url: string;
  close(): Promise<void>;
}

export async function startMailbox(deliver: (mail: Mail) => Promise<number> | number): Promise<Mailbox> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers } = request;
    const status = await deliver({
      event: String(headers['x-github-event']),
      guid: String(headers['x-github-delivery']),
      signature: String(headers['x-hub-signature-256']),
      body: Buffer.concat(chunks).toString(),
    });
    response.statusCode = status || 502;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A delivery of any payload, signed. */
export function mailOf(secret: string, event: string, payload: unknown): Mail {
  const body = JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return { event, guid: randomUUID(), signature, body };
}

/** The App's answer: its status (0: nobody answered), what it says became of it, and how long GitHub waited. */
export interface Posted {
  readonly status: number;
  readonly how: string;
  readonly run: string | null;
  readonly ms: number;
}

/** Posts a delivery to the App at `url`. Never throws. */
export async function post(url: string, mail: Mail, guid = mail.guid): Promise<Posted> {
  const began = performance.now();
  try {
    const response = await fetch(`${url}/api/github/webhooks`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': guid,
        'x-github-event': mail.event,
        'x-hub-signature-256': mail.signature,
      },
      body: mail.body,
      signal: AbortSignal.timeout(10_000),
    });
    const { status: how = '', run = null } = (await response.json()) as { status?: string; run?: string };
    return { status: response.status, how, run, ms: performance.now() - began };
  } catch {
    return { status: 0, how: '', run: null, ms: performance.now() - began };
  }
}
