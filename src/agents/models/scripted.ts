import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Model, ModelAnswer, Price, Prompt } from '../model.ts';

const usageSchema = z.strictObject({
  input: z.int().min(0).default(0),
  cache_read: z.int().min(0).default(0),
  cache_write: z.int().min(0).default(0),
  output: z.int().min(0).default(0),
});

const turnSchema = z.strictObject({
  text: z.string().default(''),
  tool_calls: z.array(z.strictObject({ name: z.string(), input: z.unknown() })).default([]),
  usage: usageSchema.prefault({}),
  stop: z.enum(['end', 'tools', 'length', 'refusal']).optional(),
  delay_ms: z.int().min(0).max(600_000).default(0),
  error: z
    .strictObject({
      code: z.enum([
        'model_unavailable',
        'model_rate_limited',
        'model_spend_cap',
        'model_auth',
        'model_timeout',
        'model_context_overflow',
      ]),
      message: z.string(),
      retry_after_seconds: z.number().optional(),
    })
    .optional(),
});

/** A script: scenes, tried in order; the first whose `when` texts all stand in the system text or the request is played. */
export const scriptSchema = z.strictObject({
  version: z.literal(1),
  scenes: z.array(
    z.strictObject({
      when: z.array(z.string()).default([]),
      turns: z.array(turnSchema).min(1),
    }),
  ),
});

export type Script = z.output<typeof scriptSchema>;

/**
 * A model that replays a script. Stateless: the turn to play is the number of answers that the prompt holds already,
 * so the same prompt gives the same answer byte for byte, after a crash too. Past the last turn it says so and ends.
 */
export function scripted(options: {
  readonly name: string;
  readonly model: string;
  readonly script: Script;
  readonly price: Price | null;
}): Model {
  const label = `scripted/${options.model}`;
  return {
    name: options.name,
    label,
    price: options.price,
    capabilities: { tools: true, images: false, caching: false, contextTokens: null },
    check: async () => null,
    async ask(prompt, signal) {
      const played = prompt.messages.filter(({ role }) => role === 'assistant').length;
      const turn = sceneFor(options.script, prompt)?.turns[played];
      if (!turn)
        return failed('model_unavailable', `The script has no turn ${played + 1} for this request.`, null);
      try {
        if (turn.delay_ms > 0) await delay(turn.delay_ms, undefined, { signal });
        signal.throwIfAborted();
      } catch {
        return failed('model_stopped', 'The call was stopped.', null);
      }
      if (turn.error)
        return failed(turn.error.code, turn.error.message, turn.error.retry_after_seconds ?? null);
      return {
        ok: true,
        turn: {
          text: turn.text,
          toolCalls: turn.tool_calls.map((call, index) => ({
            id: `call_${played + 1}_${index + 1}`,
            ...call,
          })),
          usage: {
            input: turn.usage.input,
            cacheRead: turn.usage.cache_read,
            cacheWrite: turn.usage.cache_write,
            output: turn.usage.output,
          },
          stop: turn.stop ?? (turn.tool_calls.length > 0 ? 'tools' : 'end'),
        },
      };
    },
  };
}

function sceneFor(script: Script, prompt: Prompt) {
  const first = prompt.messages[0];
  const request = first?.role === 'user' ? first.text : '';
  const asked = `${prompt.system}\n${request.slice(request.lastIndexOf(' asks you'))}`;
  return script.scenes.find(({ when }) => when.every((text) => asked.includes(text)));
}

type FailureCode = Extract<ModelAnswer, { ok: false }>['failure']['code'];

function failed(code: FailureCode, message: string, retryAfterSeconds: number | null): ModelAnswer {
  const retryable = code === 'model_unavailable' || code === 'model_rate_limited' || code === 'model_timeout';
  return { ok: false, failure: { code, message, retryable, retryAfterSeconds } };
}
