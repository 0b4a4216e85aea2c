import { Command, InvalidArgumentError } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { Verified } from '../storage/verify-ledger.ts';
import { answer } from './answer.ts';
import { wholeNumber } from './audit-filters.ts';
import { verifyFile } from './verify-file.ts';
import { withRuns } from './with-runs.ts';

interface Options {
  readonly anchor?: readonly Anchor[];
  readonly installation?: number;
  readonly json?: boolean;
}

/** `conductor audit verify`: whether the ledger is what was written. Exit 1: it is not; 2: that can't be told. */
export function auditVerify(variables: Variables): Command {
  return new Command('verify')
    .description('Check that no row of the ledger was changed, removed, added or moved.')
    .argument('[files...]', 'JSON lines of an export, or of the Action, instead of the App’s database')
    .option(
      '--anchor <place>',
      'SEQUENCE:HASH as a check run or a status comment shows it; several with several',
      anchor,
    )
    .option('--installation <number>', 'one installation’s chain; otherwise all', wholeNumber)
    .option('--json', 'for machines')
    .action(
      async (files: readonly string[], { anchor: anchors = [], installation, json = false }: Options) => {
        const verified =
          files.length === 0
            ? await withRuns(variables, (control) => control.verify(installation ?? null, anchors))
            : await verifyFile(files, installation ?? null, anchors);
        if (typeof verified === 'string') {
          const text = PROBLEMS[verified] ?? verified;
          return answer(json, { ok: false, problem: text }, text, 2);
        }
        const ok = verified.every(({ flaws }) => flaws.length === 0);
        const text =
          verified.length === 0
            ? 'The ledger has no rows yet.'
            : verified.map((one) => verifiedInWords(one, anchors)).join('\n\n');
        answer(json, { ok, chains: verified }, text, ok ? 0 : 1);
      },
    );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  whose_anchors: 'There are several chains, and an anchor is of one: say of which, with --installation.',
};

/** Shorter ones, somebody could find another chain for. */
const SHORTEST_HASH = 16;

function anchor(text: string, before: readonly Anchor[] = []): readonly Anchor[] {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{1,64})$/.exec(text.trim()) ?? [];
  if (sequence === undefined || hash === undefined || hash.length < SHORTEST_HASH)
    throw new InvalidArgumentError(`Write SEQUENCE:HASH, with ${SHORTEST_HASH} digits of the hash or more.`);
  return [...before, { sequence: Number(sequence), hash }];
}

/** What checking a chain came to, for people. */
export function verifiedInWords(
  { installation, rows, head, expired, letGo, flaws }: Verified,
  anchors: readonly Anchor[],
): string {
  const older = anchors.filter(({ sequence }) => sequence < expired.sequence).length;
  const lines = [
    `Installation ${installation}: ${rows} rows${head ? `, up to ${head.sequence}:${head.hash}` : ''}.`,
    expired.sequence > 0 ? `Rows up to ${expired.sequence} have expired, as the chain says.` : '',
    `Details let go: ${letGo.person_erased} with a person, ${letGo.prompts_expired} as prompts, ${letGo.details_expired} by age.`,
    older > 0 ? `${older} of the anchors are of rows that have expired, and can’t be checked.` : '',
    ...verdictOn(flaws),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

const MOST_SHOWN = 10;

function verdictOn(flaws: Verified['flaws']): readonly string[] {
  const [first] = flaws;
  if (first === undefined) return ['ok'];
  const others = flaws.slice(1, MOST_SHOWN).map(({ message }) => `Also: ${message}`);
  return [`NOT OK. ${first.message} ${MEANING[first.code]}`, ...others, TO_DO];
}

const TO_DO =
  'Keep a copy of the database as it is, find out who could write to it, and compare with a backup or an export from before that row.';

const MEANING: Readonly<Record<Verified['flaws'][number]['code'], string>> = {
  changed: 'Somebody changed it behind Conductor’s back, or put it there.',
  missing: 'Somebody removed them, or the database was restored in part.',
  out_of_order: 'Somebody moved rows, or added one.',
  cut_off: 'Somebody removed the newest rows, or the database was restored from a backup.',
  beyond_head: 'Somebody added it without Conductor.',
  another_anchor: 'The chain was written anew from there or before.',
  detail_changed: 'Somebody changed what stands beside the chain.',
  detail_missing: 'Somebody removed what stood beside the chain.',
  detail_added: 'Somebody added something beside the chain.',
  person_changed: 'Somebody changed who is behind a pseudonym.',
  expiry_untold: 'Somebody removed the oldest rows, or changed where the chain begins.',
};
