import { readFileSync } from 'node:fs';
import { setSecret } from '@actions/core';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { mirrorSource } from '../github/repository.ts';
import type { Mask } from '../messages/mask.ts';
import { statusComment } from '../messages/status-comment.ts';
import { inProcessRunner } from '../runs/in-process-runner.ts';
import type { RunView } from '../runs/run-view.ts';
import { lastWrite } from '../runs/run-view.ts';
import { type ActionSettings, actionSettings } from './action-settings.ts';
import { systemClock } from './clock.ts';
import { type Connect, cloneUrlOf } from './connection.ts';
import { createEngine } from './engine.ts';
import { SettingError, type Variables } from './environment.ts';
import { type JobOutput, jobOutput } from './job-output.ts';
import { lazyCliAgents } from './lazy-cli-agents.ts';
import { maskOf } from './mask-of.ts';
import { configuredModels } from './models.ts';
import { needGit } from './need-git.ts';
import { withPrompt } from './prompt-event.ts';

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
    const engine = createEngine({
      connect: await connectJob(settings, mask),
      models: configuredModels(settings.variables, mask),
      mask,
      cli: lazyCliAgents(settings.variables),
      settings: settings.host,
      clock: systemClock,
      runner: inProcessRunner,
      // A prompt is spoken to the word that it is given here, whatever word the repository has chosen.
      trigger: settings.trigger ?? (settings.prompt === null ? null : PROMPT_TRIGGER),
      allowedBots: settings.allowedBots,
      ended: (view) => views.push(view),
      log: (level, message, fields) =>
        (level === 'error' ? job.error : job.info)(`${message} ${JSON.stringify(mask.texts(fields))}`),
    });
    const event =
      settings.prompt === null
        ? payload
        : withPrompt(payload, settings.prompt, settings.trigger ?? PROMPT_TRIGGER);
    const received = await engine.receive(settings.eventName, event);
    await engine.idle();

    const view = views[0];
    if (view) await report(job, mask, view, Boolean(variables.GITHUB_STEP_SUMMARY));
    else if (received.kind === 'run') job.fail('The run could not start; the log above says why.');
    else
      job.info(
        received.kind === 'ignored' ? `Nothing to do: ${received.reason}.` : 'The configuration was checked.',
      );
  } catch (error) {
    if (error instanceof SettingError) job.fail(`${error.message} ${error.hint}`);
    else job.fail(error instanceof Error ? error.message : String(error));
  }
}

async function report(job: JobOutput, mask: Mask, view: RunView, stepSummary: boolean): Promise<void> {
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
  };
  job.outputs(outputs);
  if (stepSummary) await job.summary(statusComment(view, 'conductor'));
  const line = `${outcome?.state}: ${outcome?.message} ${outcome?.next ?? ''}`;
  if (outcome?.state === 'failed') job.fail(line);
  else job.info(line);
}

/** One token for the job's repository: the job's own, or an App's, minted here and masked in the log. */
async function connectJob(settings: ActionSettings, mask: Mask): Promise<Connect> {
  const { token, self } = settings.appId
    ? await appToken(settings)
    : { token: settings.githubToken, self: 'github-actions[bot]' };
  setSecret(token);
  mask.add(token);
  const given = async () => token;
  return async (repository) => ({
    apiUrl: settings.apiUrl,
    graphqlUrl: settings.graphqlUrl,
    self,
    readToken: given,
    writeToken: given,
    // The workflow says whether its own token may; an App's would have to be minted for it.
    logToken: async () => settings.githubToken || token,
    source: mirrorSource(settings.cacheDirectory, {
      repository,
      cloneUrl: cloneUrlOf(settings.apiUrl, repository),
      token: given,
    }),
    paceAs: settings.paced ? settings.repository : null,
    mask,
  });
}

async function appToken(settings: ActionSettings): Promise<{ token: string; self: string }> {
  const [owner = '', repo = ''] = settings.repository.split('/');
  const app = new Octokit({
    baseUrl: settings.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: settings.appId, privateKey: settings.appPrivateKey },
  });
  const { data: installation } = await app.apps.getRepoInstallation({ owner, repo });
  const { data } = await app.apps.createInstallationAccessToken({
    installation_id: installation.id,
    repositories: [repo],
    permissions: {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      metadata: 'read',
    },
  });
  return { token: data.token, self: `${installation.app_slug}[bot]` };
}
