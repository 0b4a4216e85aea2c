import { parseCommand } from '../commands/parse-command.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { askingText, type Candidate, personOf, repositoryRef } from './payload.ts';

/** Reads a new text as a command: by whom, where, what. Cheap checks first; Markdown is parsed last. */
export function commandIn({ envelope, thread, text, kind }: Candidate, options: HandlerOptions): Handled {
  const body = text.body ?? '';
  if (!body.includes('@')) return ignored('no_mention');
  if (!text.user) return ignored('no_author');
  const asker = personOf(text.user);
  const byApp = text.performed_via_github_app !== null && text.performed_via_github_app !== undefined;
  if ((asker.isBot || byApp) && !options.allowedBots.includes(asker.id)) return ignored('bot_author');

  const parsed = parseCommand(body, options);
  if (!parsed.triggered) return ignored(parsed.reason);
  return {
    kind: 'command',
    request: {
      action: envelope.action,
      installationId: envelope.installation?.id ?? null,
      repository: repositoryRef(envelope.repository),
      thread,
      asker,
      asking: askingText(text, kind),
      command: parsed.command,
      unknownVerb: parsed.unknownVerb,
    },
  };
}
