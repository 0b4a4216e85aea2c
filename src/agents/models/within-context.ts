import type { Model, ModelFailure, Prompt } from '../model.ts';

/** Bytes of a prompt to a token: of English and code, about four; a careful guess is three. */
const BYTES_A_TOKEN = { about: 4, atLeast: 3 };
/** With less room than this nothing useful can be said. Tokens. */
const LEAST_OUTPUT = 256;

/**
 * A model that is asked for no more than its context holds. Servers refuse a request whose input and limit of output
 * are longer together, and some cut off the beginning of what is too long and say nothing: such a prompt is a failure
 * here, so that the next model is asked. Does nothing where the length of the context is not known.
 */
export function withinContext(model: Model): Model {
  const { contextTokens } = model.capabilities;
  if (contextTokens === null) return model;
  return {
    ...model,
    async ask(prompt, signal) {
      const bytes = bytesOf(prompt);
      if (bytes / BYTES_A_TOKEN.about > contextTokens - LEAST_OUTPUT)
        return { ok: false, failure: tooLong(model.label, contextTokens) };
      const room = Math.floor(contextTokens - bytes / BYTES_A_TOKEN.atLeast);
      const maxOutputTokens = Math.min(prompt.maxOutputTokens, Math.max(LEAST_OUTPUT, room));
      return model.ask({ ...prompt, maxOutputTokens }, signal);
    },
  };
}

function bytesOf({ system, tools, messages }: Prompt): number {
  return Buffer.byteLength(JSON.stringify({ system, tools, messages }));
}

function tooLong(label: string, contextTokens: number): ModelFailure {
  return {
    code: 'model_context_overflow',
    message: `${label} takes ${contextTokens} tokens, and this conversation is longer.`,
    retryable: false,
    retryAfterSeconds: null,
  };
}
