import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { mayReadMetrics } from '../web/may-read-metrics.ts';
import type { Metrics } from '../web/metrics.ts';

/** What the App's port shows beside the webhooks. */
export interface PagesOptions {
  readonly webhooksPath: string;
  readonly ready: () => Promise<boolean>;
  readonly metrics: Pick<Metrics, 'page'>;
  readonly metricsToken: string | null;
}

/** `/health`: the process lives. `/ready`: it can store events. `/metrics`: figures, for whoever may read them. */
export function pagesOf({ webhooksPath, ready, metrics, metricsToken }: PagesOptions) {
  const pages = new Hono<{ Bindings: HttpBindings }>();
  pages.get('/health', (context) => context.json({ ok: true }));
  pages.get('/ready', async (context) => {
    const ok = await ready();
    return context.json({ ok }, ok ? 200 : 503);
  });
  pages.get('/metrics', async (context) => {
    const { socket, headers } = context.env.incoming;
    // To others there is nothing here: that there is something would be told by a 403.
    if (!mayReadMetrics(socket.remoteAddress, headers, metricsToken)) return context.notFound();
    const { type, text } = await metrics.page();
    return context.body(text, 200, { 'content-type': type });
  });
  pages.notFound((context) => {
    const detail = `There is nothing here. Webhooks arrive at ${webhooksPath}.`;
    return context.json({ error: 'not_found', detail, code: 'not_found', requestId: randomUUID() }, 404);
  });
  return pages;
}
