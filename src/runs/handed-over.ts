import { z } from 'zod';
import { changeSetSchema } from '../changes/change-set.ts';
import { jsonFlaw } from '../changes/scan-json.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';

const word = z.string().max(200);
const words = z.string().max(100_000);
const hash = z.string().regex(/^[0-9a-f]{40,64}$/);
/** A model as `provider/id`. It stands in the commit, where a mention would notify: an `@` begins no name of a person. */
const modelName = word.regex(/^(?:[\w.:+/-]|(?<=\w)@|@(?=[\w-]+\/))+$/);
const count = z.int().min(0).max(1_000_000_000);

const called = z.strictObject({
  kind: z.literal('model_called'),
  agent: word,
  model: word,
  promptDigest: word,
  inputTokens: count,
  cachedTokens: count,
  outputTokens: count,
  costUsd: z.number().min(0).max(1_000_000).nullable(),
  priceSource: word.nullable(),
  ms: count,
  failure: word.nullable(),
});
const fellBack = z.strictObject({
  kind: z.literal('model_fell_back'),
  agent: word,
  from: word,
  to: word,
  code: word,
});
const used = z.strictObject({
  kind: z.literal('tool_used'),
  agent: word,
  tool: word,
  target: z.string().max(5_000),
  ok: z.boolean(),
});

const thought = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('proposal'), text: words, changeSet: changeSetSchema }),
  z.strictObject({ kind: z.literal('answer'), text: words }),
  z.strictObject({ kind: z.literal('question'), text: words }),
  z.strictObject({ kind: z.literal('approval'), text: words }),
  z.strictObject({ kind: z.literal('failure'), text: words }),
]);

const handedOver = z.strictObject({
  version: z.literal(1),
  run: z.string().regex(/^r[0-9a-f]{12}$/),
  /** The commits that the run stood on, and its config's digest. */
  base: hash,
  trusted: hash,
  config: hash.nullable(),
  model: modelName,
  /** What the record says of the thinking: for people to read, never to decide on. */
  told: z.array(z.discriminatedUnion('kind', [called, fellBack, used])).max(5_000),
  thought,
});

/** What the job that thinks hands to the job that writes: plain data, and hostile text to whoever reads it. */
export type HandedOver = z.infer<typeof handedOver>;

/** Reads what was handed over. Strict: one JSON object, every key known and given once. Never throws. */
export function parseHandedOver(text: string): StepResult<HandedOver> {
  const flaw = jsonFlaw(text);
  if (flaw) return unusable(`it is no JSON object (${flaw.kind})`);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return unusable('it is no JSON object');
  }
  const parsed = handedOver.safeParse(read);
  if (parsed.success) return value(parsed.data);
  const path = parsed.error.issues[0]?.path.join('.').slice(0, 100);
  return unusable(`it does not have the shape that the Action writes${path ? ` (at ${path})` : ''}`);
}

/** A file that the job which writes does not take. `why`: what is wrong with it, in our own words. */
export function unusable(why: string) {
  return ends(
    outcome(
      'failed',
      'hand_over_unusable',
      `What the job that thinks handed over can’t be used: ${why}. Nothing was written.`,
      'Look at the log of that job, then ask again.',
    ),
  );
}
