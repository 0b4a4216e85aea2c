/** A model call that is about to be made. Amounts are US dollars. */
export interface PlannedCall {
  readonly agent: string;
  /** `provider/model`. */
  readonly model: string;
  /** Below this it is not worth making. */
  readonly leastUsd: number;
  readonly mostUsd: number;
}

/** US dollars that a run, its thread, and its repository in one day (UTC) may cost; null: no limit. */
export interface Budgets {
  readonly run: number | null;
  readonly thread: number | null;
  readonly day: number | null;
}

export type BudgetScope = keyof Budgets;

export type Reservation =
  | {
      readonly ok: true;
      /** What is reserved: at most what was wished for, at least what it takes. */
      readonly usd: number;
      /** Replaces the reservation by what the call cost; null: nobody knows, and it stands. */
      settle(usd: number | null): Promise<void>;
    }
  | { readonly ok: false; readonly scope: BudgetScope; readonly spentUsd: number; readonly limitUsd: number };

/** Money of one run, and of those around it. A reservation that is never settled counts as spent. */
export interface Spending {
  /** False: other runs' money is not known here, and what the thread has cost is read from its comments. */
  readonly remembers: boolean;
  reserve(call: PlannedCall, budgets: Budgets): Promise<Reservation>;
  /** What has been spent or reserved so far. */
  totals(): Promise<Readonly<Record<BudgetScope, number>>>;
}

/** The budget with the least room, and how much that is. `Infinity` where there is no limit. */
export function tightest(
  budgets: Budgets,
  spent: Readonly<Record<BudgetScope, number>>,
): { readonly scope: BudgetScope; readonly leftUsd: number } {
  const left = (['run', 'thread', 'day'] as const).map((scope) => ({
    scope,
    leftUsd: (budgets[scope] ?? Number.POSITIVE_INFINITY) - spent[scope],
  }));
  return left.reduce((least, each) => (each.leftUsd < least.leftUsd ? each : least));
}

/** What a call gets of what is left; the reservation is the caller's to keep. */
export function decide(
  call: PlannedCall,
  budgets: Budgets,
  spent: Readonly<Record<BudgetScope, number>>,
): { readonly ok: true; readonly usd: number } | Extract<Reservation, { ok: false }> {
  const { scope, leftUsd } = tightest(budgets, spent);
  // Sums of cents are not exact in binary: what is missing by a billionth is there.
  if (leftUsd + 1e-9 < call.leastUsd)
    return { ok: false, scope, spentUsd: spent[scope], limitUsd: budgets[scope] ?? 0 };
  return { ok: true, usd: Math.min(call.mostUsd, leftUsd) };
}

/** Spending of a process that remembers nothing of other runs. */
export function spendingInMemory(): Spending {
  const calls: { usd: number }[] = [];
  const total = () => calls.reduce((sum, { usd }) => sum + usd, 0);
  const totals = () => ({ run: total(), thread: total(), day: total() });
  return {
    remembers: false,
    async reserve(call, budgets) {
      const decided = decide(call, budgets, totals());
      if (!decided.ok) return decided;
      const kept = { usd: decided.usd };
      calls.push(kept);
      return {
        ok: true,
        usd: decided.usd,
        async settle(usd) {
          kept.usd = usd ?? kept.usd;
        },
      };
    },
    totals: async () => totals(),
  };
}
