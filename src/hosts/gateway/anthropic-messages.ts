import { count, isJson, type Json, objectsIn, unwelcome, type Wire, wish } from './wire.ts';

/** Tools that run where the CLI runs. All others of a type of their own run at the vendor, and cost extra. */
const OWN_TOOLS = /^(?:custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;
/** A vendor's minimum for thinking: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking. */
const LEAST_THINKING = 1_024;

/** Anthropic's Messages: https://docs.anthropic.com/en/api/messages. */
export const anthropicMessages: Wire = {
  name: 'messages',

  route(path, query) {
    if (path !== '/v1/messages' && path !== '/v1/messages/count_tokens') return null;
    const beta = query.get('beta') === 'true' ? '?beta=true' : '';
    return { asks: path === '/v1/messages' ? 'generate' : 'count', model: null, upstreamPath: path + beta };
  },

  objection(body) {
    const unknown = unwelcome(body, ['mcp_servers', 'container', 'fallbacks', 'inference_geo']);
    if (unknown) return unknown;
    if (body.speed !== undefined && body.speed !== 'standard')
      return 'Only the standard speed is let through here.';
    const tool = objectsIn(body.tools).find(
      ({ type }) =>
        type !== undefined && type !== null && !(typeof type === 'string' && OWN_TOOLS.test(type)),
    );
    if (tool)
      return `The tool \`${String(tool.type).slice(0, 64)}\` runs at the vendor; it is not let through here.`;
    if (blocksOf(body).some(isUnbounded))
      return 'Documents, and what is only linked to, are not let through here: their length can’t be told.';
    if (cachedIn(body).some(({ ttl }) => ttl === '1h'))
      return 'Prompts are cached for five minutes here, not for an hour.';
    return null;
  },

  images: (body) => blocksOf(body).filter(({ type }) => type === 'image').length,
  outputTokens: (body) => wish(body.max_tokens),

  limited(body, outputTokens) {
    const max_tokens = Math.min(wish(body.max_tokens) ?? outputTokens, outputTokens);
    const thinking = isJson(body.thinking) ? body.thinking : null;
    const budget = wish(thinking?.budget_tokens);
    if (budget === null || budget < max_tokens) return { ...body, max_tokens };
    // The vendor refuses a budget for thinking that does not fit into the answer.
    const fits = max_tokens > LEAST_THINKING;
    return {
      ...body,
      max_tokens,
      thinking: fits
        ? { ...thinking, budget_tokens: Math.max(LEAST_THINKING, max_tokens >> 1) }
        : { type: 'disabled' },
    };
  },

  usage() {
    let counted: Json = {};
    let ended = false;
    return {
      read(data) {
        const message = isJson(data.message) ? data.message : data;
        if (isJson(message.usage)) {
          const known = Object.entries(message.usage).filter(([, value]) => typeof value === 'number');
          counted = { ...counted, ...Object.fromEntries(known) };
        }
        // A plain answer is a `message`; a stream tells its output with the last delta.
        if (data.type === 'message_delta' || data.type === 'message') ended = true;
      },
      told: () =>
        ended && 'output_tokens' in counted
          ? {
              input: count(counted.input_tokens),
              cacheRead: count(counted.cache_read_input_tokens),
              cacheWrite: count(counted.cache_creation_input_tokens),
              output: count(counted.output_tokens),
            }
          : null,
    };
  },

  error(status, message) {
    return { type: 'error', error: { type: TYPES[status] ?? 'invalid_request_error', message } };
  },
};

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  502: 'api_error',
};

/** The blocks of all messages and of the results of tools among them. */
function blocksOf(body: Json): readonly Json[] {
  const blocks = objectsIn(body.messages).flatMap(({ content }) => objectsIn(content));
  return [...blocks, ...blocks.flatMap(({ content }) => objectsIn(content))];
}

function isUnbounded({ type, source }: Json): boolean {
  if (type === 'container_upload') return true;
  if (type !== 'document' && type !== 'image') return false;
  const kind = isJson(source) ? source.type : null;
  return type === 'image' ? kind !== 'base64' : kind !== 'text' && kind !== 'content';
}

function cachedIn(body: Json): readonly Json[] {
  const holders = [body, ...objectsIn(body.system), ...objectsIn(body.tools), ...blocksOf(body)];
  return holders.flatMap(({ cache_control }) => (isJson(cache_control) ? [cache_control] : []));
}
