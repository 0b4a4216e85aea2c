import type { RepositoryRef } from '../commands/request.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { RepositorySource } from '../github/repository.ts';
import { repositoryOf } from '../handlers/repository-of.ts';
import type { Clock, HostSettings } from '../runs/ports.ts';
import type { Connect } from './connection.ts';

/** The part of a repository's config that is needed before a run exists. */
export interface IntakeConfig {
  readonly trigger: string;
  readonly allowedBots: readonly number[];
}

const DEFAULT: IntakeConfig = { trigger: 'conductor', allowedBots: [] };
const FRESH_MS = 60_000;
const MOST = 1_000;

/**
 * What word each repository answers to, read from its default branch and kept for a minute, or until a push there.
 * An invalid config falls back to the default word, so that the run which it starts can say what is wrong with it.
 */
export function repositoryConfigs(connect: Connect, settings: HostSettings, clock: Clock) {
  const known = new Map<number, { readonly config: IntakeConfig; readonly at: number }>();

  async function read(repository: RepositoryRef, installationId: number | null): Promise<IntakeConfig> {
    const { source } = await connect(repository, installationId);
    try {
      return await readFrom(source, repository);
    } finally {
      source.close();
    }
  }

  async function readFrom(source: RepositorySource, repository: RepositoryRef): Promise<IntakeConfig> {
    const commit = await source.fetch(`refs/heads/${repository.defaultBranch}`);
    if (commit === null) return DEFAULT;
    const bytes = await (await source.workspaceAt(commit)).read(settings.configPath);
    if (bytes === null) return DEFAULT;
    const parsed = parseConfig(new TextDecoder().decode(bytes), settings.configPath);
    return parsed.ok
      ? { trigger: parsed.config.trigger, allowedBots: parsed.config.security.allowed_bots }
      : DEFAULT;
  }

  async function of(repository: RepositoryRef, installationId: number | null): Promise<IntakeConfig> {
    const now = clock.now().getTime();
    const kept = known.get(repository.id);
    if (kept && now - kept.at < FRESH_MS) return kept.config;
    const config = await read(repository, installationId);
    known.delete(repository.id);
    known.set(repository.id, { config, at: now });
    if (known.size > MOST) known.delete(known.keys().next().value ?? 0);
    return config;
  }

  return {
    of,
    /** The config of the repository that an event names; null when it names none. */
    async ofPayload(payload: unknown): Promise<IntakeConfig | null> {
      const named = repositoryOf(payload);
      return named && of(named.repository, named.installationId);
    },
    forget: (repositoryId: number) => void known.delete(repositoryId),
  };
}
