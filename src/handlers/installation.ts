import { z } from 'zod';
import { ignored, type ReadEvent } from './handled.ts';

const payload = z.object({ action: z.string(), installation: z.object({ id: z.int() }) });

/** An App that is taken away, or suspended, has no ground left to work on. */
export function installation(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { action, installation: named } = parsed.data;
  if (action !== 'deleted' && action !== 'suspend') return ignored('unsupported_action');
  return { kind: 'ended', what: { scope: 'installation', installationId: named.id } };
}
