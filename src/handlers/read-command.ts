import { parseCommand } from '../commands/parse-command.ts';
import type { AskingEvent, CommandRequest } from '../commands/request.ts';
import { type HandlerOptions, ignored, type ReadCommand } from './handled.ts';

/**
 * Reads an asking event's text as a command. Parsing Markdown costs, so intake leaves this to the run's own time.
 * Words to Conductor come first; without them, a cause that the repository's config agrees to is a request to `fix`.
 */
export function readCommand(event: AskingEvent, options: HandlerOptions): ReadCommand {
  const { cause, ...mention } = event;
  const wanted = cause !== undefined && options.wanted?.includes(cause);
  if (cause === 'failing_checks') return wanted ? toFix(event, REPAIR) : ignored('not_wanted');
  if (cause === 'base_moved') {
    return { kind: 'command', request: { ...event, command: NOTHING, unknownVerb: null } };
  }
  if (cause === 'recheck')
    return { kind: 'command', request: { ...event, command: NOTHING, unknownVerb: null } };
  if (cause === 'button') return pressed(event);
  if (event.asker.isBot && !options.allowedBots.includes(event.asker.id)) return ignored('bot_author');
  const parsed = parseCommand(event.asking.body, options);
  if (parsed.triggered) {
    const { command, unknownVerb } = parsed;
    return { kind: 'command', request: { ...mention, command, unknownVerb } };
  }
  if (cause === 'approving_review' && !event.asker.isBot)
    return {
      kind: 'command',
      request: { ...event, command: { ...NOTHING, verb: 'approve' }, unknownVerb: null },
    };
  if (!wanted || event.asker.isBot) return ignored(parsed.reason);
  return toFix(event, event.asking.body.trim() || ON_LINES);
}

const ON_LINES = 'Do what the comments of this review ask for.';
const REPAIR =
  'The checks of this pull request fail at its head. Find the cause in what they report, and repair it; never weaken, skip or delete a check to make it pass.';

const NOTHING: CommandRequest['command'] = { verb: null, agents: [], text: '', options: {} };

/** A button says a verb and a digest, and nothing else. */
function pressed(event: AskingEvent): ReadCommand {
  const [verb, text = ''] = event.asking.body.split(' ');
  if (event.asker.isBot || (verb !== 'approve' && verb !== 'deny')) return ignored('bot_author');
  return { kind: 'command', request: { ...event, command: { ...NOTHING, verb, text }, unknownVerb: null } };
}

function toFix(event: AskingEvent, text: string): ReadCommand {
  const command: CommandRequest['command'] = { verb: 'fix', agents: [], text, options: {} };
  return { kind: 'command', request: { ...event, command, unknownVerb: null } };
}
