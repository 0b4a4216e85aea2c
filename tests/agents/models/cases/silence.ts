import { expect, it, vi } from 'vitest';
import type { Dialect } from '../dialects.ts';
import { drip, stream } from '../vendor-server.ts';
import { asking, calm, prompt } from './asking.ts';

/** Longer to begin than a test may take: only what is said of a stall can end it. */
const SOON = { timeoutMs: 30_000, stallMs: 60 };

/** What an adapter makes of servers that say nothing, and of runs that are stopped. */
export function casesOfSilence(dialect: Dialect): void {
  const { ask } = asking(dialect);
  const { frames, beat } = dialect.wire;
  const whole = frames({ text: 'Half a sentence', stop: 'end' });
  const half = whole.slice(0, whole.length - 3);

  it('a server that never answers times out', async () => {
    const { answer } = await ask(() => undefined, prompt(), calm(), { timeoutMs: 60 });
    expect(answer).toMatchObject({ failure: { code: 'model_timeout', retryable: true } });
  });

  it('a server that sends a header and nothing more times out', async () => {
    const { answer } = await ask(stream([], 'silence'), prompt(), calm(), { timeoutMs: 60 });
    expect(answer).toMatchObject({ failure: { code: 'model_timeout', retryable: true } });
  });

  it('a refusal whose text never ends times out', async () => {
    const { answer } = await ask(
      (response) => void response.writeHead(500, { 'content-type': 'application/json' }).write('{"error":'),
      prompt(),
      calm(),
      { timeoutMs: 60 },
    );
    expect(answer).toMatchObject({ failure: { code: 'model_timeout', retryable: true } });
  });

  it('an answer that stalls is let go of, and may have cost something', async () => {
    const { answer, server } = await ask(stream(half, 'silence'), prompt(), calm(), SOON);
    expect(answer).toMatchObject({
      failure: { code: 'model_timeout', retryable: true, mayHaveCost: true },
    });
    await vi.waitFor(() => expect(server.hungUp()).toBe(1), 10_000);
  });

  it.each([
    ['comments', ': still here\n\n'],
    ['what the vendor sends to keep a connection', beat],
  ])('a drip of %s is no progress', async (_, drop) => {
    const { answer, server } = await ask(drip(half, drop), prompt(), calm(), SOON);
    expect(answer).toMatchObject({ failure: { code: 'model_timeout', mayHaveCost: true } });
    await vi.waitFor(() => expect(server.hungUp()).toBe(1), 10_000);
  });

  it('a model that thinks in silence is given the time to begin', async () => {
    const { answer } = await ask(
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(whole[0]);
        setTimeout(() => response.end(whole.slice(1).join('')), 150);
      },
      prompt(),
      calm(),
      SOON,
    );
    expect(answer).toMatchObject({ ok: true, turn: { text: 'Half a sentence' } });
  });

  it('a slow answer that goes on is waited for', async () => {
    const { answer } = await ask(
      async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const frame of whole) {
          response.write(frame);
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        response.end();
      },
      prompt(),
      calm(),
      { timeoutMs: 2_000, stallMs: 500 },
    );
    expect(answer).toMatchObject({ ok: true, turn: { text: 'Half a sentence' } });
  });

  it('a slow answer is let go of when the run is stopped', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    const { answer, server } = await ask(drip(whole.slice(0, 1), ': drip\n\n'), prompt(), controller.signal);
    expect(answer).toMatchObject({ failure: { code: 'model_stopped', retryable: false } });
    await vi.waitFor(() => expect(server.hungUp()).toBe(1), 10_000);
  });

  it('a run that was stopped before is not asked for', async () => {
    const { answer, server } = await ask(stream(whole), prompt(), AbortSignal.abort());
    expect(answer).toMatchObject({ failure: { code: 'model_stopped' } });
    expect(server.requests).toHaveLength(0);
  });
}
