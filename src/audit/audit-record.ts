import type { ChangedFile } from '../runs/run-events.ts';
import type { RunView } from '../runs/run-view.ts';

/** What the record says of a run: who asked for what, which agents and models did it, how long it took, what it cost, which rules decided. */
export interface AuditRecord {
  readonly run: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly askingUrl: string;
  readonly agent: string;
  readonly model: string;
  /** Each agent with each model that it asked. */
  readonly uses: RunView['uses'];
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Milliseconds. */
  readonly times: RunView['times'];
  /** What agents were told before their first turn. */
  readonly contextDigest: string;
  readonly costUsd: number | null;
  /** Of the thread and of the repository's day, this run included. */
  readonly around: RunView['around'];
  /** Models that did not answer, and who was asked instead. */
  readonly fallbacks: RunView['fallbacks'];
  /** What agents were not told, since it was edited after the request. */
  readonly leftOut: readonly string[];
  readonly base: string;
  readonly configDigest: string;
  readonly changeDigest: string;
  readonly files: readonly ChangedFile[];
  readonly verdict: string;
  readonly verdictDigest: string;
  readonly decidingRules: readonly string[];
  /** Where the ledger stood; null: none is kept. */
  readonly ledger: RunView['anchor'];
}

/** Folds a run's view into its record. Unknown values read `none`. */
export function auditRecord(view: RunView): AuditRecord {
  const { verdict } = view;
  return {
    run: view.run,
    askedBy: view.cause === 'base_moved' ? 'nobody: the base branch moved' : view.asker,
    askedAt: view.askedAt,
    askingUrl: view.askingUrl,
    agent: view.agent?.name ?? (view.change ? 'git alone' : 'none'),
    model: view.agent?.model ?? 'none',
    uses: view.uses,
    times: view.times,
    contextDigest: view.contextDigest ?? 'none',
    modelCalls: view.modelCalls,
    inputTokens: view.inputTokens,
    cachedTokens: view.cachedTokens,
    outputTokens: view.outputTokens,
    costUsd: view.unpriced ? null : view.costUsd,
    fallbacks: view.fallbacks,
    around: view.around,
    leftOut: view.leftOut,
    base: view.base ?? 'none',
    configDigest: view.configDigest ? `sha256:${view.configDigest}` : 'none (defaults)',
    changeDigest: view.change?.digest ?? 'none',
    files: view.change?.files ?? [],
    verdict: verdict?.verdict ?? 'none',
    verdictDigest: verdict?.digest ?? 'none',
    decidingRules: verdict
      ? verdict.rules.filter((rule) => rule.verdict === verdict.verdict).map(({ rule }) => rule)
      : [],
    ledger: view.anchor,
  };
}
