import { createHash } from 'node:crypto';
import type { NotCounted, Word } from '../policy/standing.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { RunEvent, RunFact } from '../runs/run-events.ts';
import type { Actor, AuditEvent } from './audit-event.ts';

/** What the ledger must know of a run beside its events. */
export interface RunIdentity {
  readonly attempt: number;
  readonly asker: Actor;
}

/** An audit event without what it shares with all others of its run event. */
type Told = AuditEvent extends infer Event
  ? Event extends AuditEvent
    ? Omit<Event, 'at' | 'actor'> & { readonly actor?: Actor | null }
    : never
  : never;

/**
 * What the ledger says of one run event: one audit event that retells it, and those that follow from it. That a session
 * was archived is told where that happens, so that event alone has none.
 */
export function auditEventsOf(event: RunEvent, { attempt, asker }: RunIdentity): AuditEvent[] {
  const inRun = { attempt, event: event.sequence };
  // Nobody asks for what GitHub or time gives rise to.
  const whose = asker.id === 0 ? null : asker;
  return tell(event.fact, attempt, whose).map(
    (told) =>
      ({
        kind: told.kind,
        at: event.at,
        actor: told.actor ?? null,
        body: { ...told.body, ...inRun },
        detail: told.detail,
      }) as AuditEvent,
  );
}

function tell(fact: RunFact, attempt: number, asker: Actor | null): Told[] {
  switch (fact.kind) {
    case 'run_queued':
      return [{ kind: fact.kind, actor: asker, body: { ahead: fact.ahead }, detail: null }];
    case 'run_started': {
      const body = { verb: fact.verb, cause: fact.cause ?? 'mention', attempt };
      const characters = [...fact.asked].length;
      return [
        { kind: fact.kind, actor: asker, body, detail: { asking: fact.askingUrl } },
        { kind: 'asked', actor: asker, body: { characters }, detail: { text: fact.asked } },
      ];
    }
    case 'facts_gathered': {
      const { base, permission, configDigest: config } = fact;
      return [{ kind: fact.kind, body: { base, permission, config }, detail: { branch: fact.baseBranch } }];
    }
    case 'command_accepted': {
      const { agent, model, runner } = fact;
      const limits = { budget_usd: fact.budgetUsd, timeout_minutes: fact.timeoutMinutes };
      const body = { agent, model, runner, may_edit: fact.mayEdit, ...limits };
      return [{ kind: fact.kind, actor: asker, body, detail: null }];
    }
    case 'checks_failed': {
      const { head, repair, of, checks } = fact;
      return [{ kind: fact.kind, body: { head, repair, of }, detail: { checks } }];
    }
    case 'context_packed':
      return [{ kind: fact.kind, body: { digest: fact.digest, tokens: fact.tokens }, detail: null }];
    case 'context_left_out':
      return [{ kind: fact.kind, body: { count: fact.items.length }, detail: { items: fact.items } }];
    case 'model_called':
      return [modelCalled(fact)];
    case 'model_fell_back': {
      const { agent, from, to, code } = fact;
      return [{ kind: fact.kind, body: { agent, from, to, code }, detail: null }];
    }
    case 'tool_used': {
      const { agent, ok, tool, target } = fact;
      return [{ kind: fact.kind, body: { agent, ok }, detail: { tool, target } }];
    }
    case 'change_proposed': {
      const { digest, files, summary } = fact;
      const added = files.reduce((sum, file) => sum + file.added, 0);
      const removed = files.reduce((sum, file) => sum + file.removed, 0);
      const body = { digest, files: files.length, added, removed };
      return [{ kind: fact.kind, body, detail: { summary, files: files.slice(0, MOST_LISTED) } }];
    }
    case 'verdict_reached':
      return verdictReached(fact.verdict);
    case 'approval_asked':
      return [{ kind: fact.kind, body: { name: fact.name }, detail: null }];
    case 'approvals_weighed': {
      const { state, counted, notCounted } = fact.standing;
      return [
        { kind: fact.kind, body: { state }, detail: null },
        ...counted.map(given),
        ...notCounted.map(voided),
      ];
    }
    case 'written': {
      const { thing, how, name, url } = fact.written;
      const commit = thing === 'commit' ? name : null;
      return [{ kind: fact.kind, body: { thing, how, commit }, detail: { name, url } }];
    }
    case 'effect_failed': {
      const { thing, code, message } = fact;
      return [{ kind: 'write_failed', body: { thing, code }, detail: { message } }];
    }
    case 'money_counted': {
      const body = { thread_usd: fact.threadUsd, day_usd: fact.dayUsd };
      return [{ kind: fact.kind, body, detail: null }];
    }
    case 'anchored':
      return [{ kind: fact.kind, body: { sequence: fact.sequence, hash: fact.hash }, detail: null }];
    case 'run_ended': {
      const { state, code, message } = fact.outcome;
      const ended: Told = { kind: fact.kind, body: { state, code }, detail: { message } };
      return state === 'refused'
        ? [{ kind: 'command_refused', actor: asker, body: { code }, detail: null }, ended]
        : [ended];
    }
    case 'session_archived':
      return [];
  }
}

/** Details are for people who look something up: longer lists stand in the change set, which the digest names. */
const MOST_LISTED = 100;

function modelCalled(fact: Extract<RunFact, { kind: 'model_called' }>): Told {
  const { agent, model, failure } = fact;
  return {
    kind: fact.kind,
    body: {
      agent,
      model,
      prompt: fact.promptDigest,
      input_tokens: fact.inputTokens,
      cached_tokens: fact.cachedTokens,
      output_tokens: fact.outputTokens,
      cost_usd: fact.costUsd,
      price: fact.priceSource,
      milliseconds: fact.ms,
      failed: failure !== null,
    },
    detail: failure === null ? null : { failure },
  };
}

function verdictReached({ verdict, digest, parts, rules }: Verdict): Told[] {
  const judged = Object.fromEntries(rules.map((rule) => [rule.rule, rule.verdict]));
  const reasons = rules
    .flatMap((rule) => rule.reasons)
    .slice(0, MOST_LISTED)
    .map(({ rule, path, line, message }) => ({ rule, path, line, message }));
  const body = { verdict, digest, parts, rules: judged };
  const reached: Told = { kind: 'verdict_reached', body, detail: { reasons } };
  if (verdict !== 'block') return [reached];
  const blocking = rules.filter((rule) => rule.verdict === 'block').map(({ rule }) => rule);
  return [reached, { kind: 'policy_violation', body: { digest, rules: blocking }, detail: null }];
}

function given({ says, digest, person, at, url }: Word): Told {
  const body = { digest, word: wordOf(url), said_at: at };
  return {
    kind: says === 'approve' ? 'approval_given' : 'approval_denied',
    actor: person,
    body,
    detail: { url },
  };
}

function voided({ word: { digest, person, url }, code }: NotCounted): Told {
  return {
    kind: 'approval_voided',
    actor: person,
    body: { digest, word: wordOf(url), code },
    detail: { url },
  };
}

const wordOf = (url: string) => createHash('sha256').update(url).digest('hex').slice(0, 32);
