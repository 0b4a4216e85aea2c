/** `issue_comment.created`; the name alone where a payload has no action that could be one of GitHub's. */
export function eventName(name: string, payload: unknown): string {
  const action = typeof payload === 'object' && payload !== null && 'action' in payload ? payload.action : '';
  return typeof action === 'string' && /^\w{1,60}$/.test(action) ? `${name}.${action}` : name;
}
