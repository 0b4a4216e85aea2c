/** What stands, unseen, in status comments, for whoever reads the thread: another job, or a process that remembers nothing. */

/** The run has seen to the checks of this commit, whatever came of it. */
export function repairMark(head: string): string {
  return `<!-- conductor:repair head=${head} -->`;
}

/** The base moved under this head, and that is what it came to. */
export function movedMark(head: string, code: string): string {
  return `<!-- conductor:moved head=${head} code=${code} -->`;
}
