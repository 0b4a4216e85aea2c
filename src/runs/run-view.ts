import type { Cause } from '../commands/request.ts';
import type { Standing } from '../policy/standing.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { AskedInRun } from './asks-mark.ts';
import type { Outcome } from './outcome.ts';
import type { Anchor, ChangedFile, Pressed, RunEvent, RunFact, Written } from './run-events.ts';
import { type ModelUse, NO_TIME, type StepTimes, withCall, withTime } from './run-figures.ts';
import type { RunId } from './run-id.ts';

/** A run as people see it: the fold of its run events. */
export interface RunView {
  readonly run: RunId;
  readonly startedAt: string;
  readonly lastAt: string;
  readonly asker: string;
  readonly thread: number;
  readonly verb: string | null;
  readonly cause: Cause;
  readonly asked: string;
  readonly askedAt: string;
  readonly askingUrl: string;
  readonly base: string | null;
  readonly baseBranch: string | null;
  readonly configDigest: string | null;
  /** Hosts that agents' words may link to. */
  readonly linkHosts: readonly string[];
  /** The checks whose failing started the run; null: something else did. */
  readonly failing: {
    readonly head: string;
    readonly checks: readonly string[];
    readonly repair: number | null;
    readonly of: number;
  } | null;
  /** The base branch that this pull request of Conductor's own does not merge with; null: none is known. */
  readonly conflictsWith: string | null;
  /** The head of the pull request that follows its base. */
  readonly follows: string | null;
  readonly agent: {
    readonly name: string;
    readonly title: string;
    readonly model: string;
    readonly runner: string | null;
    readonly mayEdit: boolean;
  } | null;
  readonly budgetUsd: number | null;
  readonly modelCalls: number;
  readonly inputTokens: number;
  /** Of the input tokens, those that the vendor had seen before. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** True when a call was made to a model without a known price: `costUsd` is then a lower bound. */
  readonly unpriced: boolean;
  /** The same, for each agent and model. */
  readonly uses: readonly ModelUse[];
  /** Where the time went. */
  readonly times: StepTimes;
  /** `sha256:` of what agents were told before their first turn; null: none was told anything. */
  readonly contextDigest: string | null;
  /** What the thread and the repository's day have cost, this run included; null: not known. */
  readonly around: { readonly threadUsd: number; readonly dayUsd: number } | null;
  /** Models that did not answer, and who was asked instead. */
  readonly fallbacks: readonly { readonly from: string; readonly to: string; readonly code: string }[];
  readonly tools: readonly { readonly tool: string; readonly target: string; readonly ok: boolean }[];
  /** Messages that were edited after the request was made, and that no agent was told. */
  readonly leftOut: readonly string[];
  readonly change: {
    readonly digest: string;
    readonly summary: string;
    readonly files: readonly ChangedFile[];
  } | null;
  readonly verdict: Verdict | null;
  /** How the change stands with those whose yes it needs; null: it was not weighed. */
  readonly standing: Standing | null;
  readonly pressed: Pressed | null;
  /** The approval that an agent asked for; null: none. */
  readonly asks: AskedInRun | null;
  readonly writes: readonly Written[];
  readonly failedEffects: readonly {
    readonly thing: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly outcome: Outcome | null;
  /** Where the ledger stood at the end; null: none keeps this run. */
  readonly anchor: Anchor | null;
  /** Runs of the thread that were to come first when this one was accepted; null: it did not have to wait. */
  readonly ahead: number | null;
  /** Minutes without activity after which the thread's session was archived; null: it was not. */
  readonly archivedAfterMinutes: number | null;
}

export const NOTHING_YET: RunView = {
  run: '',
  startedAt: '',
  lastAt: '',
  asker: '',
  thread: 0,
  verb: null,
  cause: 'mention',
  asked: '',
  askedAt: '',
  askingUrl: '',
  base: null,
  baseBranch: null,
  configDigest: null,
  linkHosts: [],
  failing: null,
  conflictsWith: null,
  follows: null,
  agent: null,
  budgetUsd: null,
  modelCalls: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  unpriced: false,
  uses: [],
  times: NO_TIME,
  contextDigest: null,
  around: null,
  fallbacks: [],
  tools: [],
  leftOut: [],
  change: null,
  verdict: null,
  standing: null,
  pressed: null,
  asks: null,
  writes: [],
  failedEffects: [],
  outcome: null,
  anchor: null,
  ahead: null,
  archivedAfterMinutes: null,
};

/** Folds run events, oldest first, into what people see. */
export function viewOf(events: readonly RunEvent[]): RunView {
  let view = NOTHING_YET;
  for (const event of events) view = withEvent(view, event);
  return view;
}

/** A view with one more event folded in. */
export function withEvent(view: RunView, event: RunEvent): RunView {
  const startedAt = view.startedAt || (event.fact.kind === 'run_queued' ? '' : event.at);
  // Archiving comes long after the run: it says nothing of how long that took.
  const lastAt = event.fact.kind === 'session_archived' ? view.lastAt : event.at;
  const times = view.startedAt === '' ? view.times : withTime(view.times, event.fact, view.lastAt, event.at);
  return { ...view, ...change(view, event.fact), run: event.run, startedAt, lastAt, times };
}

/** The write of one kind that stands last; null when there was none. */
export function lastWrite(view: RunView, thing: Written['thing']): Written | null {
  return view.writes.findLast((written) => written.thing === thing) ?? null;
}

function change(view: RunView, fact: RunFact): Partial<RunView> {
  switch (fact.kind) {
    case 'run_queued':
      return { ahead: fact.ahead, asker: fact.asker, askingUrl: fact.askingUrl };
    case 'run_started':
      return {
        asker: fact.asker,
        thread: fact.thread,
        verb: fact.verb,
        cause: fact.cause ?? 'mention',
        asked: fact.asked,
        askedAt: fact.askedAt,
        askingUrl: fact.askingUrl,
      };
    case 'facts_gathered':
      return {
        base: fact.base,
        baseBranch: fact.baseBranch,
        configDigest: fact.configDigest,
        conflictsWith: fact.conflictsWith ?? null,
        follows: fact.follows ?? null,
        linkHosts: fact.linkHosts ?? [],
      };
    case 'checks_failed':
      return { failing: { head: fact.head, checks: fact.checks, repair: fact.repair, of: fact.of } };
    case 'context_packed':
      return { contextDigest: fact.digest };
    case 'context_left_out':
      return { leftOut: fact.items };
    case 'command_accepted':
      return {
        agent: {
          name: fact.agent,
          title: fact.title,
          model: fact.model,
          runner: fact.runner,
          mayEdit: fact.mayEdit,
        },
        budgetUsd: fact.budgetUsd,
      };
    case 'model_called':
      return {
        modelCalls: view.modelCalls + 1,
        inputTokens: view.inputTokens + fact.inputTokens,
        cachedTokens: view.cachedTokens + fact.cachedTokens,
        outputTokens: view.outputTokens + fact.outputTokens,
        costUsd: view.costUsd + (fact.costUsd ?? 0),
        unpriced: view.unpriced || fact.costUsd === null,
        uses: withCall(view.uses, fact),
      };
    case 'model_fell_back':
      return {
        fallbacks: [...view.fallbacks, { from: fact.from, to: fact.to, code: fact.code }],
        agent: view.agent && { ...view.agent, model: fact.to },
      };
    case 'tool_used':
      return { tools: [...view.tools, { tool: fact.tool, target: fact.target, ok: fact.ok }] };
    case 'change_proposed':
      return { change: { digest: fact.digest, summary: fact.summary, files: fact.files } };
    case 'verdict_reached':
      return { verdict: fact.verdict };
    case 'approval_asked':
      return { asks: { name: fact.name, by: fact.by, run: view.run } };
    case 'approvals_weighed':
      return { standing: fact.standing, pressed: fact.pressed };
    case 'written':
      return { writes: [...view.writes, fact.written] };
    case 'effect_failed':
      return {
        failedEffects: [...view.failedEffects, { thing: fact.thing, code: fact.code, message: fact.message }],
      };
    case 'money_counted':
      return { around: { threadUsd: fact.threadUsd, dayUsd: fact.dayUsd } };
    case 'run_ended':
      return { outcome: fact.outcome };
    case 'anchored':
      return {
        anchor: {
          sequence: fact.sequence,
          hash: fact.hash,
          ...(fact.url !== undefined && { url: fact.url }),
        },
      };
    case 'session_archived':
      return { archivedAfterMinutes: fact.idleMinutes };
  }
}
