import { z } from 'zod';
import { ignored, type ReadEvent } from './handled.ts';
import { repository, repositoryRef } from './payload.ts';

const payload = z.object({ repository });

/**
 * A workflow's time has come: what an App does by its own clock, a workflow can only do by GitHub's. The payload names
 * the repository since 2022. Source: github.blog/changelog/2022-09-27, on scheduled workflow runs.
 */
export function schedule(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  return { kind: 'schedule', repository: repositoryRef(parsed.data.repository) };
}
