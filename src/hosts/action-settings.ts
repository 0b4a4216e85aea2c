import type { HandOver, HostSettings } from '../runs/ports.ts';
import {
  HOST_DEFAULTS,
  isLocal,
  retryAfterMs,
  SettingError,
  type Variables,
  withoutSlash,
} from './environment.ts';

/** What one job of the Action works with: GitHub's own variables and the workflow's inputs. */
export interface ActionSettings {
  readonly apiUrl: string;
  readonly graphqlUrl: string | null;
  readonly eventName: string;
  readonly eventPath: string;
  readonly repository: string;
  /** The job's own token; empty when the workflow gives an App's credentials instead. */
  readonly githubToken: string;
  readonly appId: string;
  readonly appPrivateKey: string;
  readonly trigger: string | null;
  readonly prompt: string | null;
  readonly allowedBots: readonly number[];
  readonly cacheDirectory: string;
  /** The page of the workflow's run, which has its artifacts; null: the job does not know it. */
  readonly jobUrl: string | null;
  /** Which of two jobs this is; null: one job does all of it. */
  readonly part: HandOver['part'] | null;
  /** The file that is handed over between the two. */
  readonly proposalPath: string;
  readonly paced: boolean;
  /** The environment that model keys are taken from, inputs included. */
  readonly variables: Variables;
  readonly host: HostSettings;
}

/** Reads the inputs (`INPUT_*`) and variables of an Actions job. Throws SettingError with the input's name. */
export function actionSettings(variables: Variables): ActionSettings {
  const input = (name: string) => (variables[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const optional = (name: string) => input(name) || null;
  const needed = (name: string) => {
    const found = variables[name];
    if (!found)
      throw new SettingError(
        `${name} is not set.`,
        'The Action runs inside a GitHub Actions job, which sets it.',
      );
    return found;
  };
  if (!input('github_token') && !input('app_id')) {
    throw new SettingError(
      'The input github_token is empty.',
      'Leave it out to use the job’s own token, or give app_id and app_private_key.',
    );
  }
  return {
    apiUrl: withoutSlash(variables.GITHUB_API_URL || 'https://api.github.com'),
    graphqlUrl: variables.GITHUB_GRAPHQL_URL || null,
    eventName: needed('GITHUB_EVENT_NAME'),
    eventPath: needed('GITHUB_EVENT_PATH'),
    repository: needed('GITHUB_REPOSITORY'),
    githubToken: input('github_token'),
    appId: input('app_id'),
    appPrivateKey: input('app_private_key').replaceAll('\\n', '\n'),
    trigger: input('trigger_phrase').replace(/^@/, '').toLowerCase() || null,
    prompt: optional('prompt'),
    allowedBots: numbers(input('allowed_bots')),
    part: partOf(input('mode')),
    proposalPath: input('proposal_path') || 'conductor-proposal.json',
    cacheDirectory: `${variables.RUNNER_TEMP || '/tmp'}/conductor`,
    jobUrl: jobUrlOf(variables),
    paced: !isLocal(variables.GITHUB_API_URL),
    variables: {
      ...variables,
      ...given('ANTHROPIC_API_KEY', input('anthropic_api_key')),
      ...given('OPENAI_API_KEY', input('openai_api_key')),
      ...given('OPENAI_BASE_URL', input('openai_base_url')),
    },
    host: {
      ...HOST_DEFAULTS,
      rivals: true,
      retryAfterMs: retryAfterMs(variables.GITHUB_API_URL),
      configPath: input('config_path') || HOST_DEFAULTS.configPath,
      branchPrefix: input('branch_prefix') || HOST_DEFAULTS.branchPrefix,
      baseBranch: optional('base_branch'),
      agent: optional('agent'),
      model: optional('model'),
      maxCostUsd: number('max_cost_usd', input('max_cost_usd')),
      maxTurns: number('max_turns', input('max_turns')),
      dryRun: input('dry_run').toLowerCase() === 'true',
    },
  };
}

function jobUrlOf({
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: run,
}: Variables) {
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : null;
}

function partOf(mode: string): HandOver['part'] | null {
  if (mode === '' || mode === 'run') return null;
  if (mode === 'propose') return 'think';
  if (mode === 'apply') return 'write';
  throw new SettingError(
    'The input mode is none of run, propose and apply.',
    'Leave it out to do all of it in one job.',
  );
}

const given = (name: string, text: string): Variables => (text ? { [name]: text } : {});

function number(name: string, text: string): number | null {
  if (text === '') return null;
  const read = Number(text);
  if (!Number.isFinite(read) || read <= 0)
    throw new SettingError(`The input ${name} is not a number above 0.`, `Write it like ${name}: 2.`);
  return read;
}

function numbers(text: string): number[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const wrong = parts.find((part) => !/^\d+$/.test(part));
  if (wrong) {
    throw new SettingError(
      `The input allowed_bots holds “${wrong}”, which is not an account’s number.`,
      'List numeric ids: a login can be taken over by somebody else.',
    );
  }
  return parts.map(Number);
}
