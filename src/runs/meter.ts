import type { Meter } from '../agents/meter.ts';
import { costOf, type ModelFailure, type Price, worstCostOf } from '../agents/model.ts';
import type { Task } from './accept.ts';
import { costIn } from './cost-mark.ts';
import type { Run } from './run.ts';
import type { BudgetScope, Budgets, Reservation } from './spending.ts';

/** An answer that must be shorter is not worth its prompt. */
const LEAST_OUTPUT_TOKENS = 1_024;

/**
 * Keeps a run's budgets: no call is made whose worst case would pass one of them, and one that would pass with a long
 * answer gets a shorter one. What is reserved stays reserved until the call is known to have cost less.
 */
export function createMeter(run: Run, task: Pick<Task, 'agent' | 'budgets' | 'facts'>): Meter {
  const { spending } = run.ports;
  const before = spending.remembers ? 0 : costIn(task.facts.transcript);
  const budgets: Budgets = {
    ...task.budgets,
    thread: task.budgets.thread === null ? null : task.budgets.thread - before,
  };
  return {
    async admit({ label, price, inputTokens, outputTokens }) {
      if (price === null) return { ok: true, outputTokens, settle: async () => undefined };
      const least = worstCostOf(inputTokens, Math.min(LEAST_OUTPUT_TOKENS, outputTokens), price);
      const most = worstCostOf(inputTokens, outputTokens, price);
      const call = { agent: task.agent.name, model: label, leastUsd: least, mostUsd: most };
      const reserved = await spending.reserve(call, budgets);
      if (!reserved.ok) return { ok: false, failure: overBudget(label, least, reserved, before) };
      return {
        ok: true,
        outputTokens: affordable(reserved.usd, inputTokens, outputTokens, price),
        settle: (usage) => reserved.settle(usage === null ? null : costOf(usage, price)),
      };
    },
  };
}

function affordable(usd: number, inputTokens: number, wished: number, price: Price): number {
  const sent = worstCostOf(inputTokens, 0, price);
  const each = worstCostOf(inputTokens, 1, price) - sent;
  return each === 0 ? wished : Math.min(wished, Math.floor((usd - sent) / each + 1e-6));
}

const WHOSE: Readonly<Record<BudgetScope, string>> = {
  run: 'this run',
  thread: 'this thread',
  day: 'today',
};
const NEXT: Readonly<Record<BudgetScope, string>> = {
  run: 'Ask for a smaller step, allow more (“spend up to $…”), or raise `budget.per_run_usd`.',
  thread: 'Go on in a new thread, or raise `budget.per_thread_usd`.',
  day: 'Go on tomorrow (days end at midnight UTC), or raise `budget.per_day_usd`.',
};

function overBudget(
  label: string,
  least: number,
  { scope, spentUsd, limitUsd }: Extract<Reservation, { ok: false }>,
  before: number,
): ModelFailure {
  const earlier = scope === 'thread' ? before : 0;
  const [spent, limit] = [spentUsd + earlier, limitUsd + earlier].map((usd) => usd.toFixed(2));
  return {
    code: 'budget_reached',
    message: `The next call to ${label} could cost $${least.toFixed(2)} or more; $${spent} of the $${limit} for ${WHOSE[scope]} is spent or reserved.`,
    next: NEXT[scope],
    retryable: false,
    retryAfterSeconds: null,
  };
}
