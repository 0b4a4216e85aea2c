import { openaiError } from './openai-responses.ts';
import { count, isJson, type Json, objectsIn, unwelcome, type Wire, wish } from './wire.ts';

/** What chooses other models or more answers, adds to the prompt, or costs beside the tokens. */
const UNBOUNDED = ['models', 'route', 'plugins', 'provider', 'prediction', 'web_search_options', 'audio'];
const TIERS: readonly unknown[] = [undefined, null, 'auto', 'default', 'flex'];

/** OpenAI's Chat Completions, and what speaks like them: https://platform.openai.com/docs/api-reference/chat. */
export const openaiChat: Wire = {
  name: 'chat',

  route(path) {
    return path === '/v1/chat/completions'
      ? { asks: 'generate', model: null, upstreamPath: '/chat/completions' }
      : null;
  },

  objection(body) {
    const unknown = unwelcome(body, UNBOUNDED);
    if (unknown) return unknown;
    if (![undefined, null, 1].includes(body.n as number)) return 'One answer at a time is let through here.';
    if (!TIERS.includes(body.service_tier)) return 'Only the default service tier is let through here.';
    const tool = objectsIn(body.tools).find(({ type }) => type !== 'function' && type !== 'custom');
    if (tool)
      return `The tool \`${String(tool.type).slice(0, 64)}\` runs at the vendor; it is not let through here.`;
    if (partsOf(body).some(isUnbounded))
      return 'Files, and what is only linked to, are not let through here: their length can’t be told.';
    return null;
  },

  images: (body) => partsOf(body).filter(({ type }) => type === 'image_url').length,
  outputTokens: (body) => wish(body.max_completion_tokens, body.max_tokens),

  limited(body, outputTokens, provider) {
    const limits = ['max_completion_tokens', 'max_tokens'].filter((name) => wish(body[name]) !== null);
    // Servers that only speak like OpenAI know the older name.
    const otherwise = provider === 'openai' ? 'max_completion_tokens' : 'max_tokens';
    const names = limits.length > 0 ? limits : [otherwise];
    const capped = names.map((name) => [name, Math.min(wish(body[name]) ?? outputTokens, outputTokens)]);
    const options = isJson(body.stream_options) ? body.stream_options : {};
    return {
      ...body,
      ...Object.fromEntries(capped),
      ...(body.stream === true && { stream_options: { ...options, include_usage: true } }),
    };
  },

  usage() {
    let usage: Json | null = null;
    return {
      read(data) {
        if (isJson(data.usage)) usage = data.usage;
      },
      told() {
        if (usage === null) return null;
        const details = isJson(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
        const cacheRead = count(details.cached_tokens ?? usage.prompt_cache_hit_tokens);
        const cacheWrite = count(details.cache_write_tokens);
        const input = Math.max(0, count(usage.prompt_tokens) - cacheRead - cacheWrite);
        return { input, cacheRead, cacheWrite, output: count(usage.completion_tokens) };
      },
    };
  },

  error: openaiError,
};

function partsOf(body: Json): readonly Json[] {
  return objectsIn(body.messages).flatMap(({ content }) => objectsIn(content));
}

function isUnbounded({ type, image_url }: Json): boolean {
  if (type === 'file' || type === 'input_audio' || type === 'video_url') return true;
  if (type !== 'image_url') return false;
  const url = isJson(image_url) ? image_url.url : image_url;
  return !(typeof url === 'string' && url.startsWith('data:'));
}
