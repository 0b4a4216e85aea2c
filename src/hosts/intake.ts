import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Webhooks } from '@octokit/webhooks';
import type { Metrics } from '../web/metrics.ts';
import { eventName } from './event-name.ts';
import { type FailureLimits, failuresByAddress } from './failures-by-address.ts';
import { type Answer, type RefusalCode, refused, send } from './intake-answers.ts';
import { failureFields } from './log.ts';
import { type BodyLimits, createBodyReader } from './read-body.ts';

/** What became of an event that was handed over. Every kind but `ignored` says that it is safe on disk. */
export type Reception =
  | { readonly kind: 'run'; readonly how: 'accepted' | 'known'; readonly run?: string }
  | { readonly kind: string; readonly reason?: string };

export interface IntakeLimits extends BodyLimits, FailureLimits {
  /** Milliseconds from a request's arrival to its answer: for its body to come, and for its event to be stored. */
  readonly answerWithinMs: number;
}

/**
 * GitHub sends no body over 25 MB, and gives a delivery up after ten seconds
 * (https://docs.github.com/en/webhooks/webhook-events-and-payloads,
 * https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks).
 */
export const INTAKE_LIMITS: IntakeLimits = {
  largestBodyBytes: 25 * 1024 * 1024,
  bodiesTogetherBytes: 100 * 1024 * 1024,
  answerWithinMs: 9_000,
  failuresPerMinute: 60,
  addresses: 4_096,
};

export interface IntakeOptions {
  readonly secret: string;
  /** Stores what an event asks for and resolves when it is safe on disk; rejects when storage is down. */
  readonly receive: (name: string, payload: unknown, delivery: string) => Promise<Reception>;
  /** Events that may concern us. All others are verified, answered 202 and counted, unparsed. */
  readonly events: readonly string[];
  readonly log: (
    level: 'debug' | 'info' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ) => void;
  /**
   * Who sent a request: by default the other end of its connection. Behind a proxy that is one address for all senders,
   * and since GitHub is one of them, its failures are not held against it. Must not throw.
   */
  readonly addressOf?: (request: IncomingMessage) => string;
  readonly limits?: Partial<IntakeLimits>;
  /** Counts what comes in. */
  readonly figures?: Pick<Metrics, 'verified' | 'answered'>;
}

/** How often each answer was given since the start. */
export interface IntakeCounts {
  /** A run was stored; a run that was stored before; stored, and no run. */
  readonly accepted: number;
  readonly known: number;
  readonly handled: number;
  /** An event of ours that asks for nothing; an event that is not ours. */
  readonly ignored: number;
  readonly unsupported: number;
  /** Senders who hung up before their body's end. */
  readonly gone: number;
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
}

export interface Intake {
  /** Answers one request for the webhooks' path. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  counts(): IntakeCounts;
}

/**
 * Events whose texts may command, and those of their actions that matter also when nobody is mentioned: they may change
 * the config, or end what waits on a thread. Any other event is parsed always.
 */
const MATTERS_UNMENTIONED: ReadonlyMap<string, readonly string[]> = new Map([
  ['issues', ['closed', 'deleted', 'locked', 'transferred']],
  ['issue_comment', ['deleted']],
  ['pull_request', ['opened', 'synchronize', 'reopened', 'closed', 'locked']],
  // One that requests changes may ask by that alone.
  ['pull_request_review', ['submitted']],
  ['pull_request_review_comment', []],
]);
/** GitHub's payloads begin with their action. */
const ACTION = /^\s*\{\s*"action"\s*:\s*"(\w{1,60})"/;
/** Every repository has an SSH address. Inside a text its quotes would be escaped, so this never is part of a comment. */
const SSH_ADDRESS = '"ssh_url":"git';
const NAME = /^[\w.-]{1,100}$/;
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

interface Head {
  readonly event: string;
  readonly delivery: string;
  readonly signature: string;
}

/**
 * The way in for GitHub's deliveries. The order is the point: read within bounds, verify, drop without parsing what
 * cannot concern us, parse, hand over to be stored, and only then answer. 202: stored, or nothing to store. 4xx: not a
 * delivery of GitHub's. 503: GitHub records a failed delivery, which is asked for again later; also when storing takes
 * longer than GitHub waits. Errors are `{error, detail, code, requestId}`.
 */
export function createIntake(options: IntakeOptions): Intake {
  const {
    receive,
    log,
    figures,
    addressOf = (request) => request.socket.remoteAddress ?? 'unknown',
  } = options;
  const limits = { ...INTAKE_LIMITS, ...options.limits };
  const webhooks = new Webhooks({ secret: options.secret });
  const events = new Set(options.events);
  const readBody = createBodyReader(limits);
  const failures = failuresByAddress(limits);
  const counts = { accepted: 0, known: 0, handled: 0, ignored: 0, unsupported: 0, gone: 0 };
  const refusals: Partial<Record<RefusalCode, number>> = {};

  async function answerTo(request: IncomingMessage, head: Head, address: string): Promise<Answer> {
    const arrived = performance.now();
    const misfit = misfitOf(request, head);
    if (misfit !== null) return refused(misfit);
    if (failures.secondsToWait(address) > 0) return blocked(address);
    if (!SIGNATURE.test(head.signature)) {
      failures.add(address);
      return refused(head.signature === '' ? 'missing_signature' : 'wrong_signature');
    }

    const body = await readBody(request, limits.answerWithinMs);
    if (body.kind === 'gone') return { kind: 'gone' };
    if (body.kind !== 'body') return refused(body.kind);
    try {
      const payload = await payloadOf(head, body.bytes, address);
      if ('answer' in payload) return payload.answer;
      const left = limits.answerWithinMs - (performance.now() - arrived);
      return await withinTime(store(head, payload.parsed), left, refused('stored_too_late'));
    } finally {
      body.release();
    }
  }

  /** From bytes to a payload that is verified and may concern us; else the answer. */
  async function payloadOf(
    head: Head,
    bytes: Buffer,
    address: string,
  ): Promise<{ readonly answer: Answer } | { readonly parsed: unknown }> {
    if (bytes.length === 0) return { answer: refused('empty_body') };
    // Once more, since any number of requests may have come at once.
    if (failures.secondsToWait(address) > 0) return { answer: blocked(address) };
    // The library verifies text. Only UTF-8 comes through text unchanged; replaced bytes could fit another signature.
    const isText = isUtf8(bytes);
    const text = isText ? bytes.toString('utf8') : '';
    if (!isText || !(await webhooks.verify(text, head.signature))) {
      failures.add(address);
      return { answer: refused(isText ? 'wrong_signature' : 'not_utf8') };
    }
    failures.verified(address);
    figures?.verified(head.event, ACTION.exec(text)?.[1] ?? null);
    if (!events.has(head.event)) return { answer: { kind: 'unsupported' } };
    if (!mayConcern(head.event, text)) return { answer: { kind: 'ignored', reason: 'no_mention' } };
    try {
      return { parsed: JSON.parse(text) };
    } catch {
      return { answer: refused('not_json') };
    }
  }

  async function store({ event, delivery }: Head, payload: unknown): Promise<Answer> {
    try {
      const reception = await receive(event, payload, delivery);
      if ('how' in reception)
        return { kind: reception.how, ...(reception.run === undefined ? {} : { run: reception.run }) };
      if (reception.kind !== 'ignored') return { kind: 'handled', what: reception.kind };
      return reception.reason === 'malformed_payload'
        ? refused('malformed_payload')
        : { kind: 'ignored', reason: reception.reason ?? 'ignored' };
    } catch (error) {
      const told = { delivery, event: eventName(event, payload), thread: threadIn(payload) };
      log('error', 'event not stored', { ...told, ...failureFields(error), code: 'not_stored' });
      return refused('not_stored');
    }
  }

  const blocked = (address: string): Answer => ({
    kind: 'refused',
    code: 'too_many_failures',
    retryAfter: Math.max(1, failures.secondsToWait(address)),
  });

  return {
    async handle(request, response) {
      const arrived = performance.now();
      const requestId = randomUUID();
      const head = headOf(request);
      const address = addressOf(request);
      const answer = await answerTo(request, head, address).catch((error: unknown): Answer => {
        log('error', 'delivery failed', { requestId, ...failureFields(error), code: 'unexpected_error' });
        return refused('unexpected_error');
      });
      const delivery = NAME.test(head.delivery) ? head.delivery : null;
      if (answer.kind === 'refused') {
        refusals[answer.code] = (refusals[answer.code] ?? 0) + 1;
        // Whoever is shut out already must not be able to fill the log.
        const level = answer.code === 'too_many_failures' ? 'debug' : 'info';
        const event = NAME.test(head.event) ? head.event : null;
        log(level, 'delivery refused', { requestId, delivery, event, address, code: answer.code });
      } else {
        counts[answer.kind] += 1;
        log('debug', 'delivery answered', { delivery, event: head.event, ...answer });
      }
      send(request, response, answer, requestId);
      const result = answer.kind === 'refused' ? answer.code : answer.kind;
      figures?.answered(head.event, result, (performance.now() - arrived) / 1_000);
    },
    counts: () => ({ ...counts, refused: { ...refusals } }),
  };
}

/** Why a request's head is none of a delivery. */
function misfitOf({ method, headers }: IncomingMessage, { event, delivery }: Head): RefusalCode | null {
  if (method !== 'POST') return 'method_not_allowed';
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return 'unsupported_media_type';
  if (!NAME.test(event) || !NAME.test(delivery)) return 'missing_headers';
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return isEmpty ? 'empty_body' : null;
}

function headOf({ headers }: IncomingMessage): Head {
  return {
    event: String(headers['x-github-event'] ?? ''),
    delivery: String(headers['x-github-delivery'] ?? ''),
    signature: String(headers['x-hub-signature-256'] ?? ''),
  };
}

/** Whether an event may ask for something. May be wrong only in one way: saying yes. */
function mayConcern(event: string, text: string): boolean {
  const actions = MATTERS_UNMENTIONED.get(event);
  const action = ACTION.exec(text)?.[1];
  if (actions === undefined || action === undefined || actions.includes(action)) return true;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (!text.startsWith(SSH_ADDRESS, at - SSH_ADDRESS.length)) return true;
  }
  return text.includes('\\u0040');
}

function threadIn(payload: unknown): number | null {
  const { issue, pull_request: pull } = Object(payload);
  const number: unknown = Object(issue ?? pull).number;
  return typeof number === 'number' ? number : null;
}

/** What the work comes to, or `late` when it takes longer. The work goes on: it must not reject. */
function withinTime<T>(work: Promise<T>, milliseconds: number, late: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late), milliseconds);
    void work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
