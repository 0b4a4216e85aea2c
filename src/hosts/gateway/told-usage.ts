import { StringDecoder } from 'node:string_decoder';
import type { Usage } from '../../agents/model.ts';
import { isJson, type Wire } from './wire.ts';

/** Reads along with an answer that is passed on, for what it says of usage. */
export interface ToldUsage {
  push(chunk: Buffer): void;
  /** Null: it has not said. Ask once the answer is whole. */
  end(): Usage | null;
}

/** Characters of one event, or of a plain answer, that are kept: a longer one says nothing that is understood. */
const LONGEST = 32 * 1024 * 1024;

/** `isStream`: server-sent events, with JSON after `data:`; else the whole is one JSON text, or several in a list. */
export function toldUsage(wire: Wire, isStream: boolean): ToldUsage {
  const reader = wire.usage();
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let overlong = false;

  function keep(text: string): void {
    overlong ||= rest.length + text.length > LONGEST;
    rest = overlong ? '' : rest + text;
  }

  /** Each line of `data:` is an event of its own with these vendors. */
  function lines(text: string): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      keep(part);
      if (index === parts.length - 1) return;
      if (rest.startsWith('data:')) tell(rest.slice(5));
      rest = '';
      overlong = false;
    }
  }

  function tell(text: string): void {
    try {
      const data: unknown = JSON.parse(text);
      for (const each of Array.isArray(data) ? data : [data]) if (isJson(each)) reader.read(each);
    } catch {
      // `[DONE]`, or a server's own invention.
    }
  }

  return {
    push: (chunk) => (isStream ? lines : keep)(decoder.write(chunk)),
    end() {
      if (isStream) lines('\n');
      else tell(rest);
      return reader.told();
    },
  };
}
