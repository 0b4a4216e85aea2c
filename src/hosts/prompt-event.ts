/**
 * The Action's `prompt` input as an event: the same payload, with the workflow's own words in place of the text that
 * would command. The asker is still whoever wrote that text, and is checked like any other.
 */
export function withPrompt(payload: unknown, prompt: string, trigger: string): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  for (const key of ['comment', 'review', 'issue', 'pull_request']) {
    const part: unknown = Reflect.get(payload, key);
    if (typeof part === 'object' && part !== null)
      return { ...payload, [key]: { ...part, body: `@${trigger} ${prompt}` } };
  }
  return payload;
}
