import { StringDecoder } from 'node:string_decoder';

/** Splits a stream into lines as its pieces come. */
export interface LineReader {
  push(chunk: Buffer): void;
  /** The last line may have no end. */
  end(): void;
}

/**
 * Gives each line without its end, as UTF-8 with whatever is none replaced. Of a line over `longest` bytes only that
 * much is given and kept, so memory is bounded whatever is sent.
 */
export function lineReader(longest: number, online: (line: string) => void): LineReader {
  let decoder = new StringDecoder('utf8');
  let line = '';
  let size = 0;

  function take(bytes: Buffer): void {
    const fits = bytes.subarray(0, Math.max(0, longest - size));
    size += bytes.length;
    line += decoder.write(fits);
  }

  function over(): void {
    const whole = line + decoder.end();
    decoder = new StringDecoder('utf8');
    line = '';
    size = 0;
    online(whole.endsWith('\r') ? whole.slice(0, -1) : whole);
  }

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        take(chunk.subarray(from, at));
        over();
        from = at + 1;
      }
      take(chunk.subarray(from));
    },
    end() {
      if (size > 0) over();
    },
  };
}
