import { auditCheck } from '../messages/audit-check.ts';
import { policyCheck } from '../messages/check-runs.ts';
import { marker } from '../messages/markers.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Effect } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import { postChecks } from './check-runs.ts';
import { translate } from './errors.ts';
import { GraphqlMissing } from './graphql.ts';
import { type LastWord, sayInOneDocument } from './last-document.ts';
import { withButtons } from './settle.ts';
import type { Writing } from './writing.ts';

/**
 * What stands when a run is over: its check runs on the commit that it made, its status comment, and, where a comment on
 * a line asked and was done, that thread resolved. One request; over REST one for each. `bare`: the commit that this
 * process made a moment ago, and has said nothing of.
 */
export async function sayLastWord(
  writing: Writing,
  run: RunId,
  view: RunView,
  bare: string | null,
): Promise<readonly Effect[]> {
  const { thread, trigger } = writing;
  const commit = lastWrite(view, 'commit')?.name ?? null;
  const word: LastWord = {
    run,
    marker: marker('status', run),
    body: statusComment(view, trigger),
    commit,
    isBare: commit === bare,
    checks: commit && view.verdict ? [withButtons(writing, policyCheck(view.verdict)), auditCheck(view)] : [],
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
  const { read, client, request, comments } = writing;
  const { commit, run, checks } = word;
  const posted = commit ? await postChecks(read, client, request.repository, commit, run, checks) : [];
  const { how, url } = await comments.put(word.marker, word.body);
  return [...posted, { kind: 'written', written: { thing: 'comment', how, name: 'status', url } }];
}
