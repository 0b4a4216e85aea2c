import type { ModelFailure } from '../model.ts';

type ErrorClass = new (...args: never[]) => Error;

/** The error classes that the `openai` and `@anthropic-ai/sdk` packages export under the same names. */
export interface SdkErrors {
  readonly APIError: ErrorClass;
  readonly APIConnectionError: ErrorClass;
  readonly APIConnectionTimeoutError: ErrorClass;
}

const RETRYABLE: readonly ModelFailure['code'][] = [
  'model_unavailable',
  'model_rate_limited',
  'model_timeout',
];

/** A failure with its sentence: `openai/gpt-6-sol` and what it did. */
export function failureOf(
  code: ModelFailure['code'],
  label: string,
  did: string,
  retryAfterSeconds: number | null = null,
): ModelFailure {
  return { code, message: `${label} ${did}.`, retryable: RETRYABLE.includes(code), retryAfterSeconds };
}

/**
 * The vendors' own codes, which say more than the HTTP status. Sources: the error types of the two SDKs (openai 7.55,
 * @anthropic-ai/sdk 1.11), https://platform.openai.com/docs/guides/error-codes, and llama.cpp's server for
 * `exceed_context_size_error`.
 */
const BY_CODE: ReadonlyMap<unknown, VendorFailure> = new Map<unknown, VendorFailure>(
  Object.entries({
    insufficient_quota: 'model_spend_cap',
    billing_hard_limit_reached: 'model_spend_cap',
    billing_not_active: 'model_spend_cap',
    billing_error: 'model_spend_cap',
    contract_spend_limit_reached: 'model_spend_cap',
    enforced_spend_limit_reached: 'model_spend_cap',
    linked_organization_spend_limit_reached: 'model_spend_cap',
    linked_organization_billing_unavailable: 'model_spend_cap',
    rate_limit_exceeded: 'model_rate_limited',
    rate_limit_error: 'model_rate_limited',
    context_length_exceeded: 'model_context_overflow',
    exceed_context_size_error: 'model_context_overflow',
    model_not_found: 'model_unknown',
    not_found_error: 'model_unknown',
    authentication_error: 'model_auth',
    permission_error: 'model_auth',
    invalid_api_key: 'model_auth',
    overloaded_error: 'model_unavailable',
    api_error: 'model_unavailable',
    server_error: 'model_unavailable',
    timeout_error: 'model_timeout',
  } satisfies Record<string, VendorFailure>),
);

/** Two refusals that come as a bare 400, without a code of their own. */
const BY_PROSE: readonly (readonly [RegExp, VendorFailure])[] = [
  [
    /prompt is too long|maximum context length|exceeds? the (?:available |model's )?context/i,
    'model_context_overflow',
  ],
  [/credit balance is too low/i, 'model_spend_cap'],
];

/** What an exception of an SDK means. */
export function failureFrom(error: unknown, label: string, errors: SdkErrors): ModelFailure {
  const timedOut =
    error instanceof errors.APIConnectionTimeoutError || /^UND_ERR_\w+_TIMEOUT$/.test(causeOf(error));
  if (timedOut) return failureOf('model_timeout', label, DID.model_timeout);
  if (error instanceof errors.APIConnectionError) {
    return failureOf('model_unavailable', label, 'could not be reached');
  }
  if (error instanceof errors.APIError || hasStatus(error)) return refusal(error as ApiError, label);
  return failureOf('model_unavailable', label, 'broke off in mid-answer');
}

/** An optional package may bring a copy of the classes of its own, whose errors are none of ours. */
function hasStatus(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

interface ApiError extends Error {
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  /** `errorCode` is Anthropic's, `code` OpenAI's; compatible servers put numbers there. */
  readonly errorCode?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
}

function refusal(error: ApiError, label: string): ModelFailure {
  const status = error.status ?? null;
  const named = [error.errorCode, error.code, error.type].map((code) => BY_CODE.get(code));
  const prose = status === 400 ? BY_PROSE.find(([pattern]) => pattern.test(error.message))?.[1] : undefined;
  const code = named.find((found) => found !== undefined) ?? prose ?? codeOfStatus(status);
  // Only here are the vendor's words quoted: nothing else says what to change. They are untrusted text.
  const words =
    code === 'model_bad_request' ? error.message.replace(/\s+/g, ' ').slice(0, 300) : (status ?? '');
  return failureOf(
    code,
    label,
    words === '' ? DID[code] : `${DID[code]} (${words})`,
    retryAfterSeconds(error.headers),
  );
}

/** What the model did, after its name. */
const DID = {
  model_unavailable: 'is out of order or overloaded',
  model_rate_limited: 'asked us to slow down',
  model_spend_cap: 'says that its account has reached a spend limit',
  model_auth: 'does not accept the key',
  model_unknown: 'does not exist there, or not for this key',
  model_context_overflow: 'cannot take a conversation this long',
  model_timeout: 'did not answer in time',
  model_bad_request: 'refused the request',
} as const satisfies Partial<Record<ModelFailure['code'], string>>;

type VendorFailure = keyof typeof DID;

function codeOfStatus(status: number | null): VendorFailure {
  if (status === null || status >= 500) return 'model_unavailable';
  if (status === 401 || status === 403) return 'model_auth';
  if (status === 402) return 'model_spend_cap';
  if (status === 404) return 'model_unknown';
  if (status === 408) return 'model_timeout';
  if (status === 413) return 'model_context_overflow';
  if (status === 429) return 'model_rate_limited';
  return 'model_bad_request';
}

/** RFC 9110 section 10.2.3, seconds or a date; OpenAI sends milliseconds beside it. */
function retryAfterSeconds(headers: Headers | undefined): number | null {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '') / 1000;
  if (exact >= 0) return exact;
  const header = headers?.get('retry-after') ?? '';
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, Math.ceil(seconds));
}

/** The code of what an error was caused by, however often it was wrapped: fetch wraps once, the SDKs again. */
function causeOf(error: unknown, depth = 0): string {
  const cause = error instanceof Error ? error.cause : null;
  if (typeof cause !== 'object' || cause === null) return '';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return depth < 5 ? causeOf(cause, depth + 1) : '';
}
