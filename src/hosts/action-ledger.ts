import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEventsOf } from '../audit/audit-events-of.ts';
import { type FiledRow, ledgerInMemory } from '../audit/ledger-in-memory.ts';
import { lineOf } from '../audit/ledger-line.ts';
import type { RepositoryRef } from '../commands/request.ts';
import type { Mask } from '../messages/mask.ts';
import type { Journal } from '../runs/ports.ts';
import type { Anchor, RunEvent } from '../runs/run-events.ts';
import { runIdOf } from '../runs/run-id.ts';
import type { CommandDecision } from '../runs/runner.ts';

/** What a job leaves of its runs. */
export interface LeftLedger {
  readonly head: Anchor;
  readonly rows: readonly FiledRow[];
  /** The file that holds the rows with their details; null: it could not be written, and `problem` says why. */
  readonly path: string | null;
  readonly problem: string | null;
  readonly repository: RepositoryRef;
  /** `audit.branch` of that repository; null: none. */
  readonly branch: string | null;
}

/** The ledger of one job: a chain of its own, since nothing of the jobs before it is here. */
export interface JobLedger {
  /** The journal of a run, whose events the ledger retells. */
  journalOf(decision: CommandDecision): Journal;
  /** Null: no run was begun. */
  left(): LeftLedger | null;
}

/** No job runs the Action more often; a file of another step's is never written to. */
const MOST_FILES = 100;

/**
 * Opens the ledger of this job. Its file is written line by line as things happen, so that a job which is cancelled
 * leaves what there was. A file that can't be written fails no run. `url`: where people find the file afterwards.
 */
export function jobLedger(folder: string, mask: Mask, url: string | null): JobLedger {
  const ledger = ledgerInMemory((data) => mask.texts(data));
  let about: Pick<LeftLedger, 'repository' | 'branch'> | null = null;
  let path: string | null = null;
  let problem: string | null = null;

  function file(rows: readonly FiledRow[]): void {
    if (problem !== null || rows.length === 0) return;
    try {
      path ??= newFile(folder);
      appendFileSync(
        path,
        rows.map((row) => `${JSON.stringify(lineOf({ ...row, login: null }))}\n`).join(''),
      );
    } catch (error) {
      problem = String(error);
    }
  }

  return {
    journalOf({ request, ledgerBranch }) {
      const { repository, thread, asker } = request;
      about = { repository, branch: ledgerBranch };
      const place = { repository: repository.id, thread: thread.number, run: runIdOf(request) };
      const recorded: RunEvent[] = [];
      return {
        recorded,
        async append(event) {
          recorded.push(event);
          file(ledger.append(place, auditEventsOf(event, { attempt: 1, asker })));
        },
        async anchor() {
          const head = ledger.head();
          return head && { ...head, ...(url !== null && { url }) };
        },
      };
    },
    left() {
      const head = ledger.head();
      return head && about && { ...about, head, rows: ledger.rows(), path: problem ? null : path, problem };
    },
  };
}

/** Only this account may read it, and nothing that stands at its name already is followed or written over. */
function newFile(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? 'ledger.jsonl' : `ledger-${number}.jsonl`);
    try {
      writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      if (number === MOST_FILES || !(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        throw error;
    }
  }
}
