import type { Thought } from '../thought.ts';

export type Failure = Extract<Thought, { kind: 'failure' }>;

/** Why a CLI's work came to nothing: a code, a sentence, and what to do. `text`: its last words, untrusted. */
export function failure(code: string, message: string, next: string, text = ''): Failure {
  return { kind: 'failure', code, message, next, text };
}

/** A failure that ends what is under way. It does not leave the room: `runCli` gives it as a thought. */
export class CageError extends Error {
  readonly failure: Failure;

  constructor(of: Failure) {
    super(of.message);
    this.name = 'CageError';
    this.failure = of;
  }
}
