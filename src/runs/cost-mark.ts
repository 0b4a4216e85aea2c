/**
 * What a run cost, at the end of its status comment, for programs: where no database remembers it, the thread's own
 * comments do.
 */
export const costMark = (usd: number) => `<!-- conductor:cost usd=${usd.toFixed(6)} -->`;

const MARK = /<!-- conductor:cost usd=(\d{1,6}\.\d{6}) -->\s*$/;

/** US dollars that the runs of a thread say they cost. Only Conductor's own comments count. */
export function costIn(messages: readonly { readonly own: boolean; readonly body: string }[]): number {
  return messages
    .filter(({ own }) => own)
    .reduce((sum, { body }) => sum + Number(MARK.exec(body)?.[1] ?? 0), 0);
}
