import { describe, expect, it } from 'vitest';
import { handleEvent } from '../../src/handlers/handle-event.ts';
import { sharedData } from '../changes/shared-data.ts';
import { issueCommentPayload } from '../handlers/build.ts';

interface MentionCase {
  readonly id: string;
  readonly text: string;
  readonly triggered: boolean;
  readonly why: string;
  readonly verb?: string;
  readonly agents?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
  readonly author?: { readonly type: string; readonly login: string };
}

const data = sharedData<{ readonly mentions: readonly MentionCase[] }>('adversarial.json');

describe('S1-6: adversarial.json, mentions', () => {
  it.skipIf(data === null)('../shared/data/adversarial.json is beside the checkout', () => {
    expect(data?.mentions.length).toBeGreaterThan(0);
  });

  it.each((data?.mentions ?? []).map((mention) => [mention.id, mention] as const))('%s', (_, mention) => {
    const payload = issueCommentPayload({
      body: mention.text,
      ...(mention.author && { user: mention.author }),
    });
    const handled = handleEvent('issue_comment', payload, { trigger: 'conductor', allowedBots: [] });
    expect(handled.kind === 'command', mention.why).toBe(mention.triggered);
    if (handled.kind !== 'command') return;
    const { command } = handled.request;
    if (mention.verb !== undefined) expect(command.verb).toBe(mention.verb);
    if (mention.agents !== undefined) expect(command.agents).toEqual(mention.agents);
    if (mention.options !== undefined) expect(command.options).toEqual(mention.options);
  });
});
