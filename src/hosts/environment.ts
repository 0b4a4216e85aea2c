import { join, resolve } from 'node:path';
import type { Mask } from '../messages/mask.ts';
import type { HostSettings } from '../runs/ports.ts';
import type { StorageOptions } from '../storage/open-storage.ts';
import type { Capacity } from '../storage/run-queue.ts';
import { maskOf } from './mask-of.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** A setting that is missing or unusable: one sentence what, one what to do. Hosts print it and exit with 2. */
export class SettingError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'SettingError';
    this.hint = hint;
  }
}

/** What the App needs beside its credentials. */
export interface AppSettings {
  readonly apiUrl: string;
  /** Where GraphQL is; null: beside the API root. */
  readonly graphqlUrl: string | null;
  /** Where repositories are mirrored. May be deleted at any time. */
  readonly cacheDirectory: string;
  readonly storage: StorageOptions;
  readonly capacity: Capacity;
  readonly paced: boolean;
  readonly variables: Variables;
  /** Knows the secrets of the environment; whoever is given another one adds it. */
  readonly mask: Mask;
  readonly host: HostSettings;
  /** Opens /metrics to whoever is not on this machine; null: nobody else may read it. */
  readonly metricsToken: string | null;
}

export const HOST_DEFAULTS: HostSettings = {
  configPath: '.github/conductor.yml',
  branchPrefix: 'conductor/',
  baseBranch: null,
  agent: null,
  model: null,
  maxCostUsd: null,
  maxTurns: null,
  rivals: false,
  dryRun: false,
  statusEveryMs: 5_000,
  retryAfterMs: [500, 3_000],
};

export function appSettings(variables: Variables): AppSettings {
  const dataDirectory = resolve(variables.DATA_DIR || 'data');
  return {
    apiUrl: withoutSlash(variables.GITHUB_API_URL || 'https://api.github.com'),
    graphqlUrl: variables.GITHUB_GRAPHQL_URL || null,
    cacheDirectory: join(dataDirectory, 'repositories'),
    storage: { databaseUrl: variables.DATABASE_URL || null, dataDirectory },
    capacity: {
      runs: count(variables, 'MAX_RUNS', 10),
      runsPerInstallation: count(variables, 'MAX_RUNS_PER_INSTALLATION', 6),
    },
    paced: !isLocal(variables.GITHUB_API_URL),
    variables,
    mask: maskOf(variables),
    host: { ...HOST_DEFAULTS, retryAfterMs: retryAfterMs(variables.GITHUB_API_URL) },
    metricsToken: metricsToken(variables),
  };
}

function metricsToken({ METRICS_TOKEN: token }: Variables): string | null {
  if (!token) return null;
  if (/^\S{16,}$/.test(token)) return token;
  throw new SettingError(
    'METRICS_TOKEN is too short, or has spaces in it.',
    'Set at least 16 random characters (openssl rand -hex 16), or leave it out.',
  );
}

/** A whole number over zero. */
function count(variables: Variables, name: string, otherwise: number): number {
  const of = Number(variables[name] || otherwise);
  if (Number.isInteger(of) && of > 0) return of;
  throw new SettingError(
    `${name} is not a whole number over zero.`,
    `Correct it, or leave it out for ${otherwise}.`,
  );
}

/** What the App's server needs to start. */
export interface ServerSettings {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
}

const SHORTEST_SECRET = 32;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads and checks the App's credentials. A missing or weak secret refuses the start: without one, anybody could command. */
export function serverSettings(variables: Variables, readFile: (path: string) => string): ServerSettings {
  const appId = Number(variables.APP_ID);
  if (!Number.isSafeInteger(appId) || appId <= 0) {
    throw new SettingError(
      'APP_ID is missing or not a number.',
      'Set it to the number on your App’s settings page.',
    );
  }
  const webhookSecret = variables.WEBHOOK_SECRET ?? '';
  if (webhookSecret.length < SHORTEST_SECRET || webhookSecret === 'development') {
    throw new SettingError(
      `WEBHOOK_SECRET is ${webhookSecret === '' ? 'missing' : 'too weak'}: without a good one, anybody could send commands.`,
      `Set at least ${SHORTEST_SECRET} random characters (openssl rand -hex 32), the same here and in the App’s settings.`,
    );
  }
  const port = Number(variables.PORT ?? '3000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new SettingError('PORT is not a port number.', 'Use 1 to 65535.');
  return {
    appId,
    privateKey: privateKeyOf(variables, readFile),
    webhookSecret,
    port,
    host: variables.HOST || '0.0.0.0',
    logLevel: logLevel(variables),
  };
}

function logLevel({ LOG_LEVEL: level }: Variables): string {
  const of = level?.toLowerCase() || 'info';
  if (LOG_LEVELS.includes(of)) return of;
  throw new SettingError('LOG_LEVEL is no level of the log.', `Use one of ${LOG_LEVELS.join(', ')}.`);
}

function privateKeyOf(variables: Variables, readFile: (path: string) => string): string {
  const path = variables.PRIVATE_KEY_PATH;
  const text = variables.PRIVATE_KEY || (path ? keyFile(path, readFile) : '');
  const key = text.replaceAll('\\n', '\n').trim();
  if (!key.startsWith('-----BEGIN')) {
    throw new SettingError(
      'PRIVATE_KEY (or the file in PRIVATE_KEY_PATH) is missing or not a PEM key.',
      'Generate a private key on your App’s settings page and pass it as it is.',
    );
  }
  return key;
}

function keyFile(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch {
    throw new SettingError(
      `PRIVATE_KEY_PATH names ${path}, which cannot be read.`,
      'Correct it, or who may read it.',
    );
  }
}

export const withoutSlash = (url: string) => url.replace(/\/+$/, '');

/** A server on this machine does not get better by being left alone. */
export function retryAfterMs(url: string | undefined): readonly number[] {
  return isLocal(url) ? [50, 200] : HOST_DEFAULTS.retryAfterMs;
}

/** True for a server on this machine: a simulator, which nobody else shares and which needs no spacing of writes. */
export function isLocal(url: string | undefined): boolean {
  return (
    url !== undefined &&
    URL.canParse(url) &&
    ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
  );
}
