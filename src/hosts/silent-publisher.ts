import type { Publisher } from '../runs/ports.ts';

const NOWHERE = { thing: 'comment', how: 'unchanged', name: 'status', url: null } as const;

/** Says nothing and writes nothing: for the job that thinks, whose token may not. */
export const SILENT_PUBLISHER: Publisher = {
  status: async () => NOWHERE,
  notice: async () => NOWHERE,
  suggest: async () => null,
  publish: () => Promise.reject(new Error('The job that thinks publishes nothing.')),
  mergeWhenReady: async () => [],
  settle: () => Promise.reject(new Error('The job that thinks settles nothing.')),
  lastWord: async () => [],
};
