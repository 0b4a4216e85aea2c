import type { RunView } from '../runs/run-view.ts';

/** `8 s`, `2 min 5 s`. */
export function elapsed(view: RunView): string {
  const seconds = Math.max(0, Math.round((Date.parse(view.lastAt) - Date.parse(view.startedAt)) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `$0.12 of $5.00 (this thread $0.60)`; says so when a model without a known price was asked. */
export function cost(view: RunView): string {
  if (view.modelCalls === 0 && view.outcome) return 'no model was asked';
  const spent = `$${view.costUsd.toFixed(view.costUsd > 0 && view.costUsd < 0.1 ? 4 : 2)}`;
  const limit = view.budgetUsd === null ? '' : ` of $${view.budgetUsd.toFixed(2)}`;
  const thread =
    view.around && view.around.threadUsd > view.costUsd + 0.000_05
      ? ` (this thread $${view.around.threadUsd.toFixed(2)})`
      : '';
  return `${view.unpriced ? `cost unknown (at least ${spent})` : `${spent}${limit}`}${thread}`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** `+3 −1` over all files. */
export function lines(files: readonly { readonly added: number; readonly removed: number }[]): string {
  const sum = (key: 'added' | 'removed') => files.reduce((total, file) => total + file[key], 0);
  return `+${sum('added')} −${sum('removed')}`;
}
