/**
 * Stands, unseen, in the status comment of a repair that has ended: whoever reads the thread, another job or a process that remembers
 * nothing, knows that the checks of this commit were seen to.
 */
export function repairMark(head: string): string {
  return `<!-- conductor:repair head=${head} -->`;
}
