import { endOfLog } from '../runs/failing-checks.ts';
import type { Client } from './client.ts';

/** Kept of a log while it comes in: enough for its last lines, whatever comes after the error. */
const KEPT_BYTES = 512 * 1024;
/** A log that is longer is not read to its end. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * The end of an Actions job's log, cleaned; null where it can't be read: it is gone, too long, or the permission
 * `actions: read` is missing. GitHub answers with the address of a download, which takes no token; fetch leaves it out.
 */
export async function endOfJobLog(
  client: Client,
  at: { readonly owner: string; readonly repo: string },
  job: number,
): Promise<string | null> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...at,
      job_id: job,
      request: { parseSuccessResponseBody: false },
    });
    const end = await lastBytes(data as AsyncIterable<Uint8Array>);
    return end === null ? null : endOfLog(new TextDecoder().decode(end));
  } catch {
    return null;
  }
}

/** The last bytes of a stream, which is never held as a whole. */
async function lastBytes(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  let kept = Buffer.alloc(0);
  let read = 0;
  for await (const chunk of stream) {
    read += chunk.byteLength;
    if (read > MOST_BYTES) return null;
    kept = Buffer.concat([kept, chunk]);
    if (kept.byteLength > 2 * KEPT_BYTES) kept = Buffer.from(kept.subarray(-KEPT_BYTES));
  }
  return kept.subarray(-KEPT_BYTES);
}
