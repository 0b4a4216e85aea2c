import { count, isJson, type Json, objectsIn, unwelcome, type Wire, wish } from './wire.ts';

/** Tools that run where the CLI runs. */
const OWN_TOOLS = new Set(['function', 'custom', 'local_shell', 'apply_patch', 'namespace', 'tool_search']);
/** What the vendor keeps and adds to the prompt, runs by itself, or charges more for. */
const UNBOUNDED = ['previous_response_id', 'conversation', 'prompt', 'background'];
const TIERS: readonly unknown[] = [undefined, null, 'auto', 'default', 'flex'];

/** OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses. */
export const openaiResponses: Wire = {
  name: 'responses',

  route(path) {
    return path === '/v1/responses' ? { asks: 'generate', model: null, upstreamPath: '/responses' } : null;
  },

  objection(body) {
    const kept = unwelcome({ ...body, background: body.background || null }, UNBOUNDED);
    if (kept) return kept;
    if (!TIERS.includes(body.service_tier)) return 'Only the default service tier is let through here.';
    const tool = toolsOf(body).find(({ type }) => !OWN_TOOLS.has(String(type)));
    if (tool)
      return `The tool \`${String(tool.type).slice(0, 64)}\` runs at the vendor; it is not let through here.`;
    if (partsOf(body).some(isUnbounded))
      return 'Files, and what is only linked to, are not let through here: their length can’t be told.';
    return null;
  },

  images: (body) => partsOf(body).filter(({ type }) => type === 'input_image').length,
  outputTokens: (body) => wish(body.max_output_tokens),

  limited(body, outputTokens) {
    return {
      ...body,
      max_output_tokens: Math.min(wish(body.max_output_tokens) ?? outputTokens, outputTokens),
    };
  },

  usage() {
    let usage: Json | null = null;
    return {
      read(data) {
        const response = isJson(data.response) ? data.response : data;
        if (isJson(response.usage)) usage = response.usage;
      },
      told() {
        if (usage === null) return null;
        const details = isJson(usage.input_tokens_details) ? usage.input_tokens_details : {};
        const cacheRead = count(details.cached_tokens);
        const cacheWrite = count(details.cache_write_tokens);
        const input = Math.max(0, count(usage.input_tokens) - cacheRead - cacheWrite);
        return { input, cacheRead, cacheWrite, output: count(usage.output_tokens) };
      },
    };
  },

  error: openaiError,
};

/** The form of OpenAI's errors, which both of its wire formats share. */
export function openaiError(status: number, message: string): Json {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message, type, param: null, code: status === 401 ? 'invalid_api_key' : null } };
}

/** All tools: of the request, of the `additional_tools` in its input, and of what holds tools itself. */
function toolsOf(body: Json): readonly Json[] {
  const given = [body, ...objectsIn(body.input)].flatMap(({ tools }) => objectsIn(tools));
  return given.flatMap(withInner);
}

function withInner(tool: Json): readonly Json[] {
  return [tool, ...objectsIn(tool.tools).flatMap(withInner)];
}

/** The parts of all messages, and of the results of tools. */
function partsOf(body: Json): readonly Json[] {
  return objectsIn(body.input).flatMap((item) => [
    ...(item.type === 'item_reference' ? [item] : []),
    ...objectsIn(item.content),
    ...objectsIn(item.output),
  ]);
}

function isUnbounded({ type, image_url }: Json): boolean {
  if (type === 'input_file' || type === 'input_audio' || type === 'item_reference') return true;
  return type === 'input_image' && !(typeof image_url === 'string' && image_url.startsWith('data:'));
}
