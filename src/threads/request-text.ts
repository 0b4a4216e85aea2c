import type { CommandRequest } from '../commands/request.ts';
import type { ThreadMessage } from './transcript.ts';

const THREAD_CHARACTERS = 60_000;

/**
 * What an agent is told: the request, and the thread it stands in, oldest first. The request is the event's own
 * payload. Messages that were written or edited after it are left out, and so are Conductor's own.
 * Long threads lose their oldest messages; the text says how many. `reports`: what the request is about and stands
 * nowhere in the thread, like failing checks.
 */
export function requestText(
  request: CommandRequest,
  transcript: readonly ThreadMessage[],
  reports: readonly Pick<ThreadMessage, 'author' | 'body'>[] = [],
): string {
  const { thread, asking, asker, command, repository } = request;
  const kind = thread.kind === 'issue' ? 'issue' : 'pull request';
  const earlier = transcript.filter(
    (message) => message.id !== asking.id && !message.own && message.updatedAt <= asking.createdAt,
  );
  const { kept, dropped } = newestWithin(earlier, THREAD_CHARACTERS);
  const messages = kept.map((message) => element('message', { by: message.author }, message.body));
  if (dropped > 0) messages.unshift(`(${dropped} older messages left out)`);

  return [
    `Repository ${repository.owner}/${repository.name}, ${kind} #${thread.number}.`,
    element('thread', { title: thread.title, by: thread.author }, [thread.body, ...messages].join('\n\n')),
    `${asker.login} asks you${command.verb ? ` to ${command.verb}` : ''}:`,
    element('request', {}, command.text || asking.body),
    ...reports.map(({ author, body }) => element('message', { by: author }, body)),
  ].join('\n\n');
}

function newestWithin(messages: readonly ThreadMessage[], characters: number) {
  let room = characters;
  const kept = messages.toReversed().filter((message) => {
    room -= message.body.length;
    return room >= 0;
  });
  return { kept: kept.toReversed(), dropped: messages.length - kept.length };
}

/** Wraps hostile text so that it can't close its own wrapping; HTML comments, which no reader sees, are removed. */
function element(name: string, attributes: Record<string, string>, text: string): string {
  const visible = text
    .replace(/<!--[\s\S]*?(-->|$)/g, '')
    .replaceAll(/<(?=\/?(thread|message|request)\b)/gi, '&lt;');
  const attributeText = Object.entries(attributes).map(([key, of]) => ` ${key}=${JSON.stringify(of)}`);
  return `<${name}${attributeText.join('')}>\n${visible.trim()}\n</${name}>`;
}
