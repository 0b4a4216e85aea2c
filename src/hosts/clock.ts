import type { Clock } from '../runs/ports.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  deadline(milliseconds) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), milliseconds);
    return { signal: controller.signal, cancel: () => clearTimeout(timer) };
  },
};
