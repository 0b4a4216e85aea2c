import type { Cause, RepositoryRef } from '../commands/request.ts';
import { defaultConfig, parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/schema.ts';
import type { RepositorySource } from '../github/repository.ts';
import type { Clock, HostSettings } from '../runs/ports.ts';
import type { Connect } from './connection.ts';
import type { LogLevel } from './run-log.ts';

/** The part of a repository's config that is needed before a run exists. */
export interface IntakeConfig {
  readonly trigger: string;
  readonly allowedBots: readonly number[];
  /** What counts as a request without a mention. */
  readonly wanted: readonly Cause[];
  /** Commands that one person may give in a minute. */
  readonly commandsPerMinute: number;
  /** The least important lines that are logged of its runs. */
  readonly logLevel: LogLevel;
  /** Where jobs of the Action keep the ledger's rows; null: nowhere. */
  readonly ledgerBranch: string | null;
}

/** What is known of repositories' configs, read when it is first asked for. */
export interface RepositoryConfigs {
  of(repository: RepositoryRef, installationId: number | null): Promise<IntakeConfig>;
  /** What its config said when it was last read; the lowest where that never was. */
  logLevelOf(repositoryId: number): LogLevel;
  forget(repositoryId: number): void;
}

const WANTED = ['changes_requested', 'failing_checks'] as const;
const DEFAULT: IntakeConfig = intakeConfig(defaultConfig());
const FRESH_MS = 60_000;
const MOST = 1_000;

/**
 * What word each repository answers to, read from its default branch and kept for a minute, or until a push there.
 * An invalid config falls back to the default word, so that the run which it starts can say what is wrong with it.
 */
export function repositoryConfigs(connect: Connect, settings: HostSettings, clock: Clock): RepositoryConfigs {
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
    const parsed = parseConfig(new TextDecoder().decode(bytes));
    return parsed.ok ? intakeConfig(parsed.config) : DEFAULT;
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
    logLevelOf: (repositoryId) => known.get(repositoryId)?.config.logLevel ?? 'trace',
    forget: (repositoryId: number) => void known.delete(repositoryId),
  };
}

/** The causes beside a mention that a config agrees to. */
export function wantedBy({ follow_up: followUp }: Config): readonly Cause[] {
  return WANTED.filter((cause) => followUp[cause]);
}

function intakeConfig(config: Config): IntakeConfig {
  const { trigger, security, logging, audit } = config;
  return {
    trigger,
    allowedBots: security.allowed_bots,
    wanted: wantedBy(config),
    commandsPerMinute: security.rate_limit_per_minute,
    logLevel: logging.level ?? 'trace',
    ledgerBranch: audit.branch,
  };
}
