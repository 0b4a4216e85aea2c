import { basename, resolve } from 'node:path';
import type { ChangeError } from '../changes/change-error.ts';
import type { CommandRequest } from '../commands/request.ts';
import { defaultConfig } from '../config/parse-config.ts';
import { handleEvent } from '../handlers/handle-event.ts';
import type { Variables } from '../hosts/environment.ts';
import type { Material } from '../threads/context-pack.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { readTextFile } from './read-change-set.ts';
import { withThread } from './read-thread.ts';

/** How a person says what a pack is to be made for. */
export interface AskedFor {
  readonly thread?: string | undefined;
  readonly request?: string;
  readonly event?: string;
  readonly dir?: string;
}

type Made<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ChangeError };

/**
 * Gets what a pack is made from, and lets go of it afterwards: a thread from GitHub with its repository, or, with no
 * network, a directory with a request or an event's payload. Throws SettingError where GitHub can't be reached for lack of
 * a setting.
 */
export async function withMaterial<T>(
  asked: AskedFor,
  variables: Variables,
  work: (material: Material) => Promise<T>,
): Promise<Made<T>> {
  if (asked.thread !== undefined) {
    const [, number] = /^#?(\d{1,9})$/.exec(asked.thread) ?? [];
    if (number === undefined)
      return refused('thread_invalid', `${asked.thread} names no thread.`, 'Write it as #12.');
    return withThread(Number(number), asked.request ?? null, variables, work);
  }
  if (asked.dir === undefined || (asked.request === undefined) === (asked.event === undefined)) {
    const hint = 'Give a thread (#12), or --dir with --request or with --event.';
    return refused('nothing_asked', 'It is not said what the context is for.', hint);
  }
  const { dir, event, request: text = '' } = asked;
  const request = event === undefined ? requestFor(dir, text) : await requestFrom(event);
  if ('code' in request) return { ok: false, error: request };
  try {
    const workspace = await openDirectory(dir);
    return {
      ok: true,
      value: await work({ ...ALONE, request, trusted: workspace, workspace }),
    };
  } catch (error) {
    const known = directoryError(error);
    if (known === null) throw error;
    return { ok: false, error: known };
  }
}

/** A request of which nothing else is known. */
const ALONE = { transcript: [], reviews: [], reports: [], askedStyle: '' } as const;

/** The command of an event's payload. Which event it is shows in what it holds. */
async function requestFrom(file: string): Promise<CommandRequest | ChangeError> {
  const text = await readTextFile(file);
  if (typeof text !== 'string') return text;
  const hint = 'Give the payload as GitHub sent it; `conductor explain` tells what is read from it.';
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return { code: 'payload_invalid', message: `${file} is not JSON.`, hint };
  }
  const { trigger, security } = defaultConfig();
  const handled = handleEvent(eventOf(payload), payload, { trigger, allowedBots: security.allowed_bots });
  if (handled.kind === 'command') return handled.request;
  return { code: 'no_command', message: `${file} holds no command.`, hint };
}

function eventOf(payload: unknown): string {
  const has = (key: string) => typeof payload === 'object' && payload !== null && key in payload;
  if (has('review')) return 'pull_request_review';
  if (has('comment')) return has('issue') ? 'issue_comment' : 'pull_request_review_comment';
  return has('issue') ? 'issues' : 'pull_request';
}

/** A request without a thread: as if somebody had opened an issue to say it. */
function requestFor(directory: string, text: string): CommandRequest {
  const name = basename(resolve(directory));
  return {
    action: 'opened',
    installationId: null,
    repository: { id: 0, owner: 'local', name, defaultBranch: 'main' },
    thread: {
      number: 0,
      kind: 'issue',
      title: '',
      body: '',
      author: 'someone',
      url: '',
      closed: false,
      locked: false,
    },
    asker: { id: 0, login: 'someone', isBot: false },
    asking: { kind: 'issue', id: 0, nodeId: '', url: '', body: text, createdAt: '' },
    command: { verb: null, agents: [], text, options: {} },
    unknownVerb: null,
  };
}

export function refused(code: string, message: string, hint: string) {
  return { ok: false, error: { code, message, hint } } as const;
}
