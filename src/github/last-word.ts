import { auditCheck, policyCheck } from '../messages/check-runs.ts';
import { marker } from '../messages/markers.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Effect } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import { putChecks } from './check-runs.ts';
import { translate } from './errors.ts';
import { GraphqlMissing } from './graphql.ts';
import { type LastWord, sayInOneDocument } from './last-document.ts';
import type { Writing } from './writing.ts';

/**
 * What stands when a run is over: its check runs on the commit that it made, its status comment, and, where a comment on
 * a line asked and was done, that thread resolved. One request; over REST one for each.
 */
export async function sayLastWord(writing: Writing, run: RunId, view: RunView): Promise<readonly Effect[]> {
  const { thread, trigger } = writing;
  const commit = lastWrite(view, 'commit')?.name ?? null;
  const word: LastWord = {
    run,
    marker: marker('status', run),
    body: statusComment(view, trigger),
    commit,
    checks: commit ? [policyCheck(view), auditCheck(view)].filter((check) => check !== null) : [],
  };
  // Whoever opened the pull request may have posted its checks too.
  if (lastWrite(view, 'pull_request')?.how === 'adopted') thread.forget();
  const { told } = await thread.state();
  try {
    if (told) return await sayInOneDocument(writing, word, told);
  } catch (error) {
    thread.forget();
    if (!(error instanceof GraphqlMissing)) throw translate(error, 'saying how the run ended');
  }
  return sayOverRest(writing, word);
}

async function sayOverRest(writing: Writing, word: LastWord): Promise<readonly Effect[]> {
  const checks = await postChecks(writing, word);
  const { how, url } = await writing.comments.put(word.marker, word.body);
  return [...checks, { kind: 'written', written: { thing: 'comment', how, name: 'status', url } }];
}

/** Check runs are the window of the record, not the record: one that can't be posted ends nothing. */
async function postChecks(
  { read, client, request }: Writing,
  { commit, checks, run }: LastWord,
): Promise<readonly Effect[]> {
  if (commit === null) return [];
  try {
    const posted = await putChecks(read, client, request.repository, commit, run, checks);
    return posted.map((written) => ({ kind: 'written', written }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message }];
  }
}
