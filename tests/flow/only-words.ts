import { expect } from 'vitest';
import type { Asked } from './stage.ts';

export interface Words {
  /** The code in the status comment's last line; null when no comment could be written. */
  readonly code: string | null;
  readonly conclusion: 'refused' | 'failed' | 'stopped' | 'done';
  readonly comments: number;
}

/** A run that was refused before it began says so once. */
export const refused = (code: string): Words => ({ code, conclusion: 'refused', comments: 1 });
/** A run that had begun says so in its status comment, and in one that notifies. */
export const failed = (code: string): Words => ({ code, conclusion: 'failed', comments: 1 });
/** In the status comment's last line. */
export const NO_MODEL = 'no model was asked';

/** The run ended like this, and left words in the thread and nothing else anywhere. */
export function expectOnlyWords(asked: Asked, words: Words): void {
  expect({
    code: asked.code,
    conclusion: asked.run?.conclusion,
    comments: asked.comments.length,
    branches: asked.branches,
    checks: asked.checks,
    pull: asked.pull,
    changing: asked.changing.map(({ route }) => route),
  }).toEqual({ ...words, branches: [], checks: [], pull: null, changing: [] });
}
