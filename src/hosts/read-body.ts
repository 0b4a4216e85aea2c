import type { IncomingMessage } from 'node:http';

export interface BodyLimits {
  /** Bytes that one body may have. */
  readonly largestBodyBytes: number;
  /** Bytes that all bodies may take together, from their first byte until each is released. */
  readonly bodiesTogetherBytes: number;
}

export type ReadBody =
  /** `release` gives the body's room back; call it once, when its bytes are no longer needed. */
  | { readonly kind: 'body'; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: 'body_too_large' | 'body_too_slow' | 'too_busy' }
  /** Whoever sent it hung up before its end. */
  | { readonly kind: 'gone' };

/** Reads a request's whole body within so many milliseconds. Resolves always; after a refusal nothing more is read. */
export type BodyReader = (request: IncomingMessage, withinMs: number) => Promise<ReadBody>;

const EMPTY = Buffer.alloc(0);

/**
 * A reader whose memory is bounded, whatever is sent. Room is counted by what was allocated, not by what a header
 * announces: a client that promises 25 MB and sends none takes no room from others. Chunks are copied into one growing
 * buffer, since a body in chunks of one byte would otherwise cost some hundred times its size.
 */
export function createBodyReader({ largestBodyBytes, bodiesTogetherBytes }: BodyLimits): BodyReader {
  let taken = 0;

  return (request, withinMs) =>
    new Promise((resolve) => {
      if (Number(request.headers['content-length'] ?? 0) > largestBodyBytes) {
        resolve({ kind: 'body_too_large' });
        return;
      }
      let buffer: Buffer = EMPTY;
      let size = 0;
      const timer = setTimeout(() => refuse('body_too_slow'), withinMs);
      request.on('data', append).once('end', finish).once('close', leave);

      function append(chunk: Buffer): void {
        const needed = size + chunk.length;
        const capacity =
          needed > buffer.length
            ? Math.max(needed, Math.min(2 * buffer.length, largestBodyBytes))
            : buffer.length;
        const more = capacity - buffer.length;
        if (needed > largestBodyBytes) refuse('body_too_large');
        else if (taken + more > bodiesTogetherBytes) refuse('too_busy');
        else {
          taken += more;
          if (more > 0) buffer = size === 0 ? chunk : grown(buffer, size, capacity);
          if (size > 0) chunk.copy(buffer, size);
          size = needed;
        }
      }

      function release(): void {
        taken -= buffer.length;
        buffer = EMPTY;
      }

      function settle(result: ReadBody): void {
        clearTimeout(timer);
        request.off('data', append).off('end', finish).off('close', leave);
        resolve(result);
      }

      function finish(): void {
        settle({ kind: 'body', bytes: buffer.subarray(0, size), release });
      }

      function refuse(kind: 'body_too_large' | 'body_too_slow' | 'too_busy'): void {
        request.pause();
        release();
        settle({ kind });
      }

      function leave(): void {
        release();
        settle({ kind: 'gone' });
      }
    });
}

/** How long a sender whose request is answered may go on. */
const LINGER_MS = 1_000;

/**
 * Throws away what of a body still comes, for a second at most, and calls `over` once when no more will. To close under
 * a sender who is still writing would reset the connection, and the answer be lost (RFC 9112, section 9.6).
 */
export function discardRest(request: IncomingMessage, over: () => void): void {
  const cut = () => {
    clearTimeout(timer);
    request.off('close', cut);
    over();
  };
  const timer = setTimeout(cut, LINGER_MS);
  request.once('close', cut).resume();
}

function grown(buffer: Buffer, size: number, capacity: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(capacity);
  buffer.copy(larger, 0, 0, size);
  return larger;
}
