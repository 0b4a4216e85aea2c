/** Lets bytes through, and puts `[key]` where the key stands. */
export interface KeyFilter {
  push(chunk: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
}

const INSTEAD = Buffer.from('[key]');

/**
 * A vendor has no reason to say a key back; a server that shows what it was sent would. Only the end of a chunk that
 * begins the key is held back, so that nothing else waits.
 */
export function withoutKey(key: string): KeyFilter {
  const hidden = Buffer.from(key);
  let held: Buffer = Buffer.alloc(0);

  function heldBack(bytes: Buffer): number {
    for (let length = Math.min(hidden.length - 1, bytes.length); length > 0; length--) {
      if (bytes.subarray(bytes.length - length).equals(hidden.subarray(0, length))) return length;
    }
    return 0;
  }

  return {
    push(chunk) {
      if (hidden.length === 0) return chunk;
      const parts: Buffer[] = [];
      let rest = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      for (let at = rest.indexOf(hidden); at >= 0; at = rest.indexOf(hidden)) {
        parts.push(rest.subarray(0, at), INSTEAD);
        rest = rest.subarray(at + hidden.length);
      }
      const length = heldBack(rest);
      held = Buffer.from(rest.subarray(rest.length - length));
      parts.push(rest.subarray(0, rest.length - length));
      return parts.length === 1 ? (parts[0] ?? INSTEAD) : Buffer.concat(parts);
    },
    end() {
      const last = held;
      held = Buffer.alloc(0);
      return last;
    },
  };
}
