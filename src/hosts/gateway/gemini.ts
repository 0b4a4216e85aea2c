import { count, isJson, type Json, objectsIn, unwelcome, type Wire, wish } from './wire.ts';

const ASKS = /^\/v1(?:beta)?\/models\/([\w.-]+):(generateContent|streamGenerateContent|countTokens)$/;

/** Google's Gemini API: https://ai.google.dev/api/generate-content. */
export const gemini: Wire = {
  name: 'gemini',

  route(path, query) {
    const [, model, method] = ASKS.exec(path) ?? [];
    if (model === undefined) return null;
    const stream = query.get('alt') === 'sse' ? '?alt=sse' : '';
    return {
      asks: method === 'countTokens' ? 'count' : 'generate',
      model,
      upstreamPath: `/models/${model}:${method}${stream}`,
    };
  },

  objection(body) {
    const kept = unwelcome(body, ['cachedContent', 'cached_content']);
    if (kept) return kept;
    const tool = objectsIn(body.tools).find((entry) =>
      Object.keys(entry).some((name) => !OWN_TOOLS.has(name)),
    );
    if (tool) return 'Tools that run at the vendor are not let through here.';
    const config = isJson(body.generationConfig) ? body.generationConfig : {};
    if (![undefined, null, 1].includes(config.candidateCount as number))
      return 'One answer at a time is let through here.';
    if (partsOf(body).some(isUnbounded))
      return 'Files, and what is only linked to, are not let through here: their length can’t be told.';
    return null;
  },

  images: (body) => partsOf(body).filter(({ inlineData, inline_data }) => inlineData ?? inline_data).length,

  outputTokens(body) {
    return isJson(body.generationConfig) ? wish(body.generationConfig.maxOutputTokens) : null;
  },

  limited(body, outputTokens) {
    const config = isJson(body.generationConfig) ? body.generationConfig : {};
    const maxOutputTokens = Math.min(wish(config.maxOutputTokens) ?? outputTokens, outputTokens);
    return { ...body, generationConfig: { ...config, maxOutputTokens } };
  },

  usage() {
    let usage: Json | null = null;
    let ended = false;
    return {
      read(data) {
        if (isJson(data.usageMetadata)) usage = data.usageMetadata;
        ended ||= objectsIn(data.candidates).some(({ finishReason }) => typeof finishReason === 'string');
      },
      told() {
        if (usage === null || !ended) return null;
        const cacheRead = count(usage.cachedContentTokenCount);
        return {
          input: Math.max(0, count(usage.promptTokenCount) - cacheRead),
          cacheRead,
          cacheWrite: 0,
          // Thinking is charged as output, and counted beside it.
          output: count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount),
        };
      },
    };
  },

  error(status, message) {
    return { error: { code: status, message, status: STATUSES[status] ?? 'INVALID_ARGUMENT' } };
  },
};

const OWN_TOOLS = new Set(['functionDeclarations', 'function_declarations']);
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
};

function partsOf(body: Json): readonly Json[] {
  return objectsIn(body.contents).flatMap(({ parts }) => objectsIn(parts));
}

function isUnbounded(part: Json): boolean {
  if (part.fileData !== undefined || part.file_data !== undefined) return true;
  const inline = part.inlineData ?? part.inline_data;
  if (!isJson(inline)) return false;
  return !String(inline.mimeType ?? inline.mime_type).startsWith('image/');
}
