import { readFileSync } from 'node:fs';
import { setSecret } from '@actions/core';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import type { RepositoryRef } from '../commands/request.ts';
import { mirrorSource } from '../github/repository.ts';
import { appendToBranch } from '../github/state-branch.ts';
import type { Mask } from '../messages/mask.ts';
import { statusComment } from '../messages/status-comment.ts';
import { inProcessRunner } from '../runs/in-process-runner.ts';
import type { RunView } from '../runs/run-view.ts';
import { lastWrite } from '../runs/run-view.ts';
import { sendTraces } from '../web/traces/send-traces.ts';
import { jobLedger, type LeftLedger } from './action-ledger.ts';
import { type ActionSettings, actionSettings } from './action-settings.ts';
import { systemClock } from './clock.ts';
import { type Connect, cloneUrlOf, pushClient } from './connection.ts';
import { createEngine } from './engine.ts';
import { SettingError, type Variables } from './environment.ts';
import { handOverFile } from './hand-over-file.ts';
import { installationTokens, MEMBERS, type Permissions, PUSH, READ, WORDS } from './installation-tokens.ts';
import { type JobOutput, jobOutput } from './job-output.ts';
import { lazyCliAgents } from './lazy-cli-agents.ts';
import type { Log } from './log.ts';
import { maskOf } from './mask-of.ts';
import { configuredModels } from './models.ts';
import { needGit } from './need-git.ts';
import { withPrompt } from './prompt-event.ts';
import { traceSettings } from './trace-settings.ts';

const PROMPT_TRIGGER = 'conductor';

/** Runs the engine on the one event of an Actions job, and gives the job its outputs, summary and exit code. */
export async function runAction(variables: Variables): Promise<void> {
  const mask = maskOf(variables);
  const job = jobOutput(mask);
  try {
    await needGit();
    const settings = actionSettings(variables);
    const payload: unknown = JSON.parse(readFileSync(settings.eventPath, 'utf8'));
    const views: RunView[] = [];
    const { part } = settings;
    const told = traceSettings(variables);
    const traces = told && sendTraces(told, mask.texts, (why) => job.info(`A trace was not sent: ${why}`));
    const handOver = part && handOverFile(part, settings.proposalPath);
    const connect = await connectJob(settings, mask);
    const ledger = jobLedger(settings.cacheDirectory, mask, settings.jobUrl);
    const engine = createEngine({
      connect,
      models: configuredModels(settings.variables, mask),
      mask,
      cli: lazyCliAgents(settings.variables),
      settings: settings.host,
      clock: systemClock,
      runner: (work) => inProcessRunner(work, ledger.journalOf),
      // A prompt is spoken to the word that it is given here, whatever word the repository has chosen.
      trigger: settings.trigger ?? (settings.prompt === null ? null : PROMPT_TRIGGER),
      allowedBots: settings.allowedBots,
      handOver,
      ended: (view) => views.push(view),
      ...(traces && { watch: traces.runs }),
      log: logTo(job, mask),
    });
    const event =
      settings.prompt === null
        ? payload
        : withPrompt(payload, settings.prompt, settings.trigger ?? PROMPT_TRIGGER);
    const received = await engine.receive(settings.eventName, event);
    await engine.idle();
    await traces?.sent();

    const view = views[0];
    const left = ledger.left();
    if (view) await report(job, mask, view, part, Boolean(variables.GITHUB_STEP_SUMMARY), left);
    else if (received.kind === 'run') job.fail('The run could not start; the log above says why.');
    else
      job.info(
        received.kind === 'ignored' ? `Nothing to do: ${received.reason}.` : 'The configuration was checked.',
      );
    if (left) await leaveLedger(job, left, settings, connect);
  } catch (error) {
    if (error instanceof SettingError) job.fail(`${error.message} ${error.hint}`);
    else job.fail(error instanceof Error ? error.message : String(error));
  }
}

/** The engine's log as the job's: lines that people read. */
function logTo(job: JobOutput, mask: Mask): Log {
  const write = { debug: job.debug, info: job.info, warn: job.info, error: job.error };
  return (level, message, fields) => write[level](`${message} ${JSON.stringify(mask.texts(fields))}`);
}

async function report(
  job: JobOutput,
  mask: Mask,
  view: RunView,
  part: ActionSettings['part'],
  stepSummary: boolean,
  left: LeftLedger | null,
): Promise<void> {
  const { outcome } = view;
  const pullRequest = lastWrite(view, 'pull_request');
  const outputs = {
    conclusion: outcome?.state ?? 'failed',
    // JSON, so that a step which prints it can't be made to run it; its escapes would split a secret.
    summary: JSON.stringify(mask.text(outcome?.message ?? '').slice(0, 1_000)),
    run_id: view.run,
    branch_name: lastWrite(view, 'branch')?.name ?? '',
    pr_number: pullRequest?.name.replace('#', '') ?? '',
    pr_url: pullRequest?.url ?? '',
    verdict: view.verdict?.verdict ?? '',
    total_cost_usd: view.unpriced ? '' : view.costUsd.toFixed(6),
    input_tokens: view.inputTokens,
    output_tokens: view.outputTokens,
    ledger: left?.path ?? '',
    ledger_head: left ? headOf(left) : '',
  };
  job.outputs(outputs);
  if (stepSummary)
    await job.summary(`${statusComment(view, 'conductor')}${left ? `\n\n${leftInWords(left)}` : ''}`);
  const line = `${outcome?.state}: ${outcome?.message} ${outcome?.next ?? ''}`;
  // A thought that failed is the other job's to tell, and a job that fails would keep it from starting.
  if (outcome?.state === 'failed' && part !== 'think') job.fail(line);
  else job.info(line);
}

/** Says where the ledger is and how it ends, and keeps its rows on the branch that the config names. Fails nothing. */
async function leaveLedger(
  job: JobOutput,
  left: LeftLedger,
  { part, host }: ActionSettings,
  connect: Connect,
): Promise<void> {
  if (left.problem) job.warning(`The ledger’s file could not be written: ${left.problem}`);
  job.info(leftInWords(left));
  const { branch, repository } = left;
  // What thinks may not write; its rows stand in its own file.
  if (branch === null || host.dryRun || part === 'think') return;
  try {
    const { source, ...connection } = await connect(repository, null);
    source.close();
    const rows = left.rows.map(({ row }) => row);
    const kept = await appendToBranch(pushClient(connection), repository, branch, rows);
    if (kept.ok)
      job.info(`Its rows are on ${branch}, which ends at row ${kept.value.sequence}: ${kept.value.hash}.`);
    else job.warning(`${kept.outcome.message} ${kept.outcome.next ?? ''}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    job.warning(`The ledger’s rows are not on ${branch}: ${why}`);
  }
}

const headOf = ({ head }: LeftLedger) => `${head.sequence}:${head.hash}`;
const leftInWords = (left: LeftLedger) => `The ledger of this job ends at ${headOf(left)}.`;

/**
 * Tokens for the job's repository: the job's own, which can't be narrowed, for all of it; or an App's, minted here for
 * each kind of work. Each is masked.
 */
async function connectJob(settings: ActionSettings, mask: Mask): Promise<Connect> {
  const { self, token } = settings.appId
    ? await appTokens(settings, mask)
    : { self: 'github-actions[bot]', token: () => async () => settings.githubToken };
  if (settings.githubToken) {
    setSecret(settings.githubToken);
    mask.add(settings.githubToken);
  }
  return async (repository) => {
    const readToken = token(repository, READ);
    return {
      apiUrl: settings.apiUrl,
      graphqlUrl: settings.graphqlUrl,
      self,
      readToken,
      wordToken: token(repository, WORDS),
      pushToken: token(repository, PUSH),
      // The workflow says whether its own token may read logs.
      memberToken: settings.appId ? token(repository, MEMBERS) : readToken,
      logToken: settings.githubToken ? async () => settings.githubToken : readToken,
      source: mirrorSource(settings.cacheDirectory, {
        repository,
        cloneUrl: cloneUrlOf(settings.apiUrl, repository),
        token: readToken,
      }),
      paceAs: settings.paced ? settings.repository : null,
      mask,
    };
  };
}

interface JobTokens {
  readonly self: string;
  token(repository: RepositoryRef, permissions: Permissions): () => Promise<string>;
}

/** Each is masked in the log before it is used. */
async function appTokens(settings: ActionSettings, mask: Mask): Promise<JobTokens> {
  const [owner = '', repo = ''] = settings.repository.split('/');
  const app = new Octokit({
    baseUrl: settings.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: settings.appId, privateKey: settings.appPrivateKey },
  });
  const { data: installation } = await app.apps.getRepoInstallation({ owner, repo });
  const tokens = installationTokens(async () => app, systemClock.now, mask);
  return {
    self: `${installation.app_slug}[bot]`,
    token: (repository, permissions) => async () => {
      const token = await tokens(installation.id, repository.id, permissions);
      setSecret(token);
      return token;
    },
  };
}
