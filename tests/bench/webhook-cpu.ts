import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { createNodeMiddleware, Probot } from 'probot';
import { createAppEngine } from '../../src/hosts/app.ts';
import { appSettings } from '../../src/hosts/environment.ts';

const SECRET = 'a secret for a measurement only';
const DELIVERIES = 400;
const ROUNDS = 5;

/** Microseconds of CPU a delivery (client included in both), least of several rounds taken in turn. */
export async function webhookCpu(): Promise<{ readonly ours: number; readonly probot: number }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const probot = () => new Probot({ appId: 1, privateKey: key, secret: SECRET, logLevel: 'fatal' });
  const settings = appSettings({ GITHUB_API_URL: 'http://127.0.0.1:9', DATA_DIR: tmpdir() });

  const bare = await listening(
    await createNodeMiddleware((app) => app.on('issue_comment', () => undefined), { probot: probot() }),
  );
  const ours = await listening(
    await createNodeMiddleware((app) => void createAppEngine(app, settings), { probot: probot() }),
  );
  const least = { ours: Number.POSITIVE_INFINITY, probot: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    least.probot = Math.min(least.probot, await measure(bare.url));
    least.ours = Math.min(least.ours, await measure(ours.url));
  }
  bare.server.close();
  ours.server.close();
  return least;
}

const payload = (examples as unknown as { name: string; examples: { action?: string }[] }[])
  .find(({ name }) => name === 'issue_comment')
  ?.examples.find(({ action }) => action === 'created');
const body = JSON.stringify(payload);
const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;

async function measure(url: string): Promise<number> {
  const before = process.cpuUsage();
  for (let delivery = 0; delivery < DELIVERIES; delivery++) {
    const response = await fetch(`${url}/api/github/webhooks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issue_comment',
        'x-github-delivery': `00000000-0000-4000-8000-${String(delivery).padStart(12, '0')}`,
        'x-hub-signature-256': signature,
      },
    });
    if (response.status !== 200)
      throw new Error(`The delivery was answered ${response.status}: ${await response.text()}`);
    await response.text();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / DELIVERIES;
}

function listening(listener: (...args: Parameters<RequestListener>) => unknown) {
  const server = createServer((request, response) => void listener(request, response));
  return new Promise<{ server: typeof server; url: string }>((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    );
  });
}
