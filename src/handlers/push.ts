import { z } from 'zod';
import { ignored, type ReadEvent } from './handled.ts';
import { repository } from './payload.ts';

const payload = z.object({ ref: z.string(), repository: repository });

/** A push: to the default branch, what is known of the repository's config is out of date. */
export function push(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { ref, repository: pushed } = parsed.data;
  if (ref !== `refs/heads/${pushed.default_branch}`) return ignored('unsupported_action');
  return { kind: 'default-branch-push', repositoryId: pushed.id };
}
