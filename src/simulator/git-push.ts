import type { Act } from './act.ts';
import { isAncestor } from './git/history.ts';
import { ZERO } from './git/objects.ts';
import { listRefs } from './git/refs.ts';
import { git } from './git/run.ts';
import { pushBlockedBy } from './protections.ts';
import { afterPush, forbiddenWorkflow, type RefChange, workflowSentence } from './pushes.ts';
import type { Repository } from './state.ts';

interface Push {
  readonly changes: readonly RefChange[];
  readonly capabilities: readonly string[];
  /** The objects that came along; empty when only refs are deleted. */
  readonly pack: Buffer;
}

/**
 * Takes in a `git push`: stores its objects, asks the rules of the branches, and only then lets git
 * move the refs. Returns git's report to the client, in its wire format.
 */
export async function receivePush(act: Act, repository: Repository, body: Buffer): Promise<Buffer> {
  const push = parsePush(body);
  const { directory } = repository;
  // The rules need to see the new commits. Objects that no ref leads to are harmless if they say no.
  if (push.pack.length > 0) await git(directory, ['unpack-objects', '-q'], { input: push.pack });
  const reasons = new Map<string, { said: string; shown: string }>();
  for (const change of push.changes) {
    const reason = await refusalOf(act, repository, change);
    if (reason !== null) reasons.set(change.ref, reason);
  }
  if (reasons.size > 0) return refusalReport(push, reasons);
  const report = await git(directory, ['receive-pack', '--stateless-rpc', directory], { input: body });
  const refs = new Map((await listRefs(directory)).map((ref) => [ref.name, ref.sha]));
  for (const change of push.changes) {
    const moved = (refs.get(change.ref) ?? null) === change.after && change.before !== change.after;
    if (moved) await afterPush(act, repository, change);
  }
  return report;
}

async function refusalOf(
  act: Act,
  repository: Repository,
  change: RefChange,
): Promise<{ said: string; shown: string } | null> {
  const { ref, before, after } = change;
  const forced =
    before !== null && after !== null && !(await isAncestor(repository.directory, before, after));
  const blocked = pushBlockedBy(repository, act.actor, ref, { after, created: before === null, forced });
  if (blocked !== null) {
    return {
      said: 'protected branch hook declined',
      shown: `error: GH006: Protected branch update failed for ${ref}.\nerror: ${blocked}\n`,
    };
  }
  const workflow = after === null ? null : await forbiddenWorkflow(act.actor, repository, before, after);
  return workflow === null ? null : { said: workflowSentence(workflow), shown: '' };
}

/** Source: git-scm.com, "gitprotocol-pack", Reference Update Request and Packfile Transfer. */
function parsePush(body: Buffer): Push {
  const changes: RefChange[] = [];
  let capabilities: string[] = [];
  let at = 0;
  for (;;) {
    const length = Number.parseInt(body.subarray(at, at + 4).toString('latin1'), 16);
    if (!(length >= 4)) {
      at += 4;
      break;
    }
    const [command, list] = body
      .subarray(at + 4, at + length)
      .toString()
      .replace(/\n$/, '')
      .split('\0') as [string, string | undefined];
    capabilities = list === undefined ? capabilities : list.trim().split(' ');
    const [before, after, ref] = command.split(' ') as [string, string, string];
    changes.push({ ref, before: before === ZERO ? null : before, after: after === ZERO ? null : after });
    at += length;
  }
  return { changes, capabilities, pack: body.subarray(at) };
}

/** Like a hook that declines on GitHub; other refs of the same push are not taken either. */
function refusalReport(push: Push, reasons: ReadonlyMap<string, { said: string; shown: string }>): Buffer {
  const lines = push.changes.map(({ ref }) =>
    packet(`ng ${ref} ${reasons.get(ref)?.said ?? 'another ref of this push was declined'}\n`),
  );
  const report = Buffer.concat([packet('unpack ok\n'), ...lines, FLUSH]);
  if (!push.capabilities.includes('side-band-64k')) return report;
  const shown = [...reasons.values()].map((reason) => reason.shown).join('');
  const band = (number: number, content: Buffer): Buffer =>
    packet(Buffer.concat([Buffer.from([number]), content]));
  return Buffer.concat([...(shown === '' ? [] : [band(2, Buffer.from(shown))]), band(1, report), FLUSH]);
}

const FLUSH = Buffer.from('0000');

function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
