import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LedgerEntry } from '../audit/chain.ts';
import { GENESIS } from '../audit/chain.ts';
import { readLine } from '../audit/ledger-line.ts';
import { readBody } from '../audit/let-go.ts';
import { type ChainCheck, checkChain } from '../audit/verify-chain.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { Verified } from '../storage/verify-ledger.ts';

/**
 * Checks the chains of an export, or of files that continue each other, in their order. A file does not tell where a chain ends: that nothing was cut off, only anchors show.
 * A text is why it can't be checked.
 */
export async function verifyFile(
  paths: readonly string[],
  only: number | null,
  anchors: readonly Anchor[],
): Promise<readonly Verified[] | string> {
  try {
    const begins = await beginsIn(paths);
    const chains = [...begins.keys()].filter((installation) => only === null || installation === only);
    if (anchors.length > 0 && chains.length > 1) return 'whose_anchors';
    const checks = new Map(chains.map((chain) => [chain, begin(begins.get(chain) ?? NOTHING, anchors)]));
    for await (const { row, detail } of entriesOf(paths)) {
      const checked = checks.get(row.installation);
      if (checked === undefined) continue;
      checked.check.next(row, detail);
      checked.rows += 1;
    }
    return [...checks].map(([installation, { check, rows, expired }]) => {
      const flaws = check.end();
      return { installation, rows, head: null, expired, letGo: check.letGo(), flaws };
    });
  } catch (error) {
    return `${paths.join(', ')} can’t be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const NOTHING: Anchor = { sequence: 0, hash: GENESIS };

interface Checked {
  readonly check: ChainCheck;
  readonly expired: Anchor;
  rows: number;
}

const begin = (expired: Anchor, anchors: readonly Anchor[]): Checked => {
  return { check: checkChain({ expired, head: null, anchors }), expired, rows: 0 };
};

/** From where each chain goes on: what came before has expired, if a row of the chain says so, with its hash. */
async function beginsIn(paths: readonly string[]): Promise<Map<number, Anchor>> {
  const begins = new Map<number, { first: number; anchor: Anchor }>();
  for await (const { row } of entriesOf(paths)) {
    const { installation, sequence, kind, body } = row;
    const known = begins.get(installation) ?? { first: sequence, anchor: NOTHING };
    begins.set(installation, known);
    if (kind !== 'rows_expired') continue;
    const { through, hash } = readBody(body);
    if (Number(through) === known.first - 1) known.anchor = { sequence: Number(through), hash: String(hash) };
  }
  return new Map([...begins].map(([installation, { anchor }]) => [installation, anchor]));
}

async function* entriesOf(paths: readonly string[]): AsyncGenerator<LedgerEntry> {
  for (const path of paths) {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      number += 1;
      const entry = readLine(line);
      if (entry === null) throw new Error(`line ${number} of ${path} is no row of an export.`);
      yield entry;
    }
  }
}
