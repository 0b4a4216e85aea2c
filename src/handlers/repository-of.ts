import { z } from 'zod';
import type { RepositoryRef } from '../commands/request.ts';
import { repository, repositoryRef } from './payload.ts';

const payload = z.object({ repository, installation: z.object({ id: z.int() }).nullish() });

/** The repository that a payload comes from, and the installation that sent it; null when it names no repository. */
export function repositoryOf(
  input: unknown,
): { readonly repository: RepositoryRef; readonly installationId: number | null } | null {
  const parsed = payload.safeParse(input);
  if (!parsed.success) return null;
  return {
    repository: repositoryRef(parsed.data.repository),
    installationId: parsed.data.installation?.id ?? null,
  };
}
