import { parseCommand } from '../commands/parse-command.ts';
import type { AskingEvent } from '../commands/request.ts';
import { type HandlerOptions, ignored, type ReadCommand } from './handled.ts';

/** Reads an asking event's text as a command. Parsing Markdown costs, so intake leaves this to the run's own time. */
export function readCommand(event: AskingEvent, options: HandlerOptions): ReadCommand {
  if (event.cause === 'base_moved') {
    const command = { verb: null, agents: [], text: '', options: {} };
    return { kind: 'command', request: { ...event, command, unknownVerb: null } };
  }
  if (event.asker.isBot && !options.allowedBots.includes(event.asker.id)) return ignored('bot_author');
  const parsed = parseCommand(event.asking.body, options);
  if (!parsed.triggered) return ignored(parsed.reason);
  return {
    kind: 'command',
    request: { ...event, command: parsed.command, unknownVerb: parsed.unknownVerb },
  };
}
