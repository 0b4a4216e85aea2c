import { value } from '../../src/runs/outcome.ts';
import type { KnownPull, OwnPulls } from '../../src/runs/own-pull-ports.ts';

const HEAD = 'd'.repeat(40);
const PARTED = 'e'.repeat(40);

/** An open pull request of Conductor's own that changes src/a.js. `merges`: GitHub's answers, one for each look. */
export function movedOwn(...merges: (boolean | null)[]): OwnPulls {
  const answers = merges.length === 0 ? [false] : [...merges];
  const pull: KnownPull = {
    number: 1,
    title: 'One',
    url: 'https://github.com/acme/web/pull/1',
    head: HEAD,
    headBranch: 'conductor/1-one-abcdef',
    baseBranch: 'main',
    own: true,
    conflicts: true,
    state: 'open',
    merges: false,
    mergeCommit: null,
  };
  const [before, after] = ['export const a = 1;\n', 'export const a = 2;\n'];
  const file = { op: 'modify', path: 'src/a.js', from: null, before, after } as const;
  return {
    find: async () => ({ ...pull, merges: answers.length > 1 ? answers.shift()! : answers[0]! }),
    newestOf: async () => 1,
    undoing: async () => null,
    broughtBy: async () => null,
    lastCommit: async () => null,
    partedAt: async () => PARTED,
    changesBetween: async () => value([{ ...file, modeBefore: '100644', mode: '100644' }]),
  };
}
