import { describe, expect, it } from 'vitest';
import { GENESIS, hashOf, type LedgerRow } from '../../src/audit/chain.ts';
import { type Random, randomFrom } from '../durability/random.ts';
import { append, flawsOf, type Kept, ledgerOf } from './chain.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
const ROWS = 24;

/** A mutation of one row: gives the first row at which a check must find fault. */
type Mutation = (kept: Kept, random: Random) => number;

const pickRow = ({ rows }: Kept, random: Random) => {
  const at = random.below(rows.length);
  return { at, row: rows[at] as LedgerRow };
};

const pickDetail = ({ details }: Kept, random: Random) => random.pick([...details.keys()]);

/** Another value than the one that stands there: also what looks like it. */
function another(value: string | number | null, random: Random): string | number | null {
  if (typeof value === 'number') return random.pick([value + 1, value + 1_000, null]);
  if (value === null) return random.pick(['', '-', 'x']);
  const cut = random.below(value.length);
  const flipped = `${value.slice(0, cut)}${value[cut] === 'x' ? 'y' : 'x'}${value.slice(cut + 1)}`;
  return random.pick([null, `${value} `, value.slice(1), flipped, `${value}\n-`, '']);
}

const FIELDS = [
  'at',
  'repository',
  'thread',
  'run',
  'actor',
  'kind',
  'detailDigest',
  'body',
  'hash',
  'installation',
] as const;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'changes a field'(kept, random) {
    const { at, row } = pickRow(kept, random);
    const field = random.pick(FIELDS);
    // A body, say, can't be null in the database.
    const isNumber = field === 'repository' || field === 'thread';
    const value =
      (row[field] === null && isNumber ? random.below(9) : another(row[field], random)) ??
      (['at', 'kind', 'body', 'hash', 'installation'].includes(field) ? '' : null);
    kept.rows[at] = { ...row, [field]: value === row[field] ? '?' : value };
    return row.sequence;
  },
  'writes a row anew, with a hash that fits it'(kept, random) {
    const { at, row } = pickRow(kept, random);
    const changed = { ...row, body: `${row.body} ` };
    const before = kept.rows[at - 1]?.hash ?? GENESIS;
    kept.rows[at] = { ...changed, hash: hashOf(before, changed) };
    return at + 1 < kept.rows.length ? row.sequence + 1 : row.sequence;
  },
  'removes a row'(kept, random) {
    const { at, row } = pickRow(kept, random);
    kept.rows.splice(at, 1);
    return row.sequence;
  },
  'inserts a row that is there already'(kept, random) {
    const { at, row } = pickRow(kept, random);
    kept.rows.splice(at, 0, row);
    return row.sequence;
  },
  'adds a row at the end'(kept, random) {
    const { row } = pickRow(kept, random);
    const added = { ...row, sequence: kept.head.sequence + 1 };
    kept.rows.push({ ...added, hash: hashOf(kept.head.hash, added) });
    return added.sequence;
  },
  'swaps two rows'(kept, random) {
    const [first, second] = [pickRow(kept, random), pickRow(kept, random)];
    if (first.at === second.at) return MUTATIONS['removes a row']?.(kept, random) ?? 0;
    kept.rows[first.at] = second.row;
    kept.rows[second.at] = first.row;
    return Math.min(first.row.sequence, second.row.sequence);
  },
  'changes a detail'(kept, random) {
    const sequence = pickDetail(kept, random);
    const detail = kept.details.get(sequence) ?? { salt: '', text: '' };
    const key = random.pick(['salt', 'text'] as const);
    kept.details.set(sequence, { ...detail, [key]: another(detail[key], random) ?? '' });
    return sequence;
  },
  'removes a detail'(kept, random) {
    const sequence = pickDetail(kept, random);
    kept.details.delete(sequence);
    return sequence;
  },
  'adds a detail'(kept, random) {
    const without = kept.rows.filter(({ detailDigest }) => detailDigest === null);
    const { sequence } = random.pick(without);
    kept.details.set(sequence, { salt: 's', text: '{}' });
    return sequence;
  },
  'changes who somebody is'(kept, random) {
    const at = random.below(kept.people.length);
    const person = kept.people[at] ?? { account: 0, pseudonym: '', sequence: 0 };
    const [account, sequence] = [person.account + 10, person.sequence + 1];
    kept.people[at] = random.pick([
      { ...person, account },
      { ...person, sequence },
      { ...person, pseudonym: 'x' },
    ]);
    return person.sequence;
  },
  'removes somebody'(kept, random) {
    const at = random.below(kept.people.length);
    return kept.people.splice(at, 1)[0]?.sequence ?? 0;
  },
  'adds somebody'(kept, random) {
    const { pseudonym, sequence } = random.pick(kept.people);
    kept.people.push({ account: 99, pseudonym, sequence });
    return sequence;
  },
};

const copyOf = ({ rows, details, people, ...ends }: Kept): Kept => {
  return { ...ends, rows: [...rows], details: new Map(details), people: [...people] };
};

describe('a chain that somebody breaks', () => {
  const whole = ledgerOf(ROWS);

  it('SEC-35: is found whole before', () => {
    expect(flawsOf(whole, [whole.head])).toEqual([]);
  });

  it(`SEC-35: 10,000 of 10,000 mutations of one row are found, with the first bad row (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const names = Object.keys(MUTATIONS);
    const missed: string[] = [];
    for (let round = 0; round < 10_000; round++) {
      const name = names[round % names.length] ?? '';
      const kept = copyOf(whole);
      const expected = MUTATIONS[name]?.(kept, random);
      const [first] = flawsOf(kept);
      if (first?.sequence !== expected)
        missed.push(`${name}: ${first?.message ?? 'not found'}, not ${expected}`);
    }
    expect(missed).toEqual([]);
  });

  it(`SEC-35: 100 of 100 truncations are found where an anchor was kept, the head set to match (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    for (let round = 0; round < 100; round++) {
      const kept = copyOf(whole);
      kept.rows = kept.rows.slice(0, random.below(ROWS));
      const last = kept.rows.at(-1);
      kept.head = last ? { sequence: last.sequence, hash: last.hash } : { sequence: 0, hash: GENESIS };
      kept.people = kept.people.filter(({ sequence }) => sequence <= kept.head.sequence);
      expect(flawsOf(kept), 'without an anchor nobody can know').toEqual([]);
      const [first] = flawsOf(kept, [{ sequence: whole.head.sequence, hash: whole.head.hash.slice(0, 16) }]);
      expect(first).toMatchObject({ code: 'cut_off', sequence: kept.head.sequence + 1 });
    }
  });

  it('SEC-35: a chain that was written anew from some row on is not the one that was shown outside', () => {
    const anew = ledgerOf(10);
    const shown = { ...whole.head };
    append(anew, { kind: 'asked', actor: null, repository: 1, body: {}, detail: null });
    while (anew.head.sequence < ROWS)
      append(anew, { kind: 'asked', actor: null, repository: 1, body: {}, detail: null });
    expect(flawsOf(anew)).toEqual([]);
    expect(flawsOf(anew, [shown])).toMatchObject([{ code: 'another_anchor', sequence: ROWS }]);
  });

  it('SEC-35: bodies that nobody of ours wrote are told, and stop no check', () => {
    const hostile = ledgerOf(5);
    for (const body of ['no object', { actors: 7, rows: {} }, null])
      for (const kind of ['person_erased', 'rows_expired', 'details_expired'] as const)
        append(hostile, { kind, actor: null, repository: 1, body, detail: null });
    expect(flawsOf(hostile).map(({ code }) => code)).toEqual(['expiry_untold']);
  });
});

describe('what was let go on purpose', () => {
  it('SEC-36: is missing for a reason that a row tells, and nothing else is', () => {
    const kept = ledgerOf(30);
    const asked = kept.rows.filter(({ kind, repository }) => kind === 'asked' && repository === 1);
    const theirs = kept.rows.filter(({ actor }) => actor === 'person2');
    for (const { sequence } of [...asked, ...theirs]) kept.details.delete(sequence);
    kept.people = kept.people.filter(({ pseudonym }) => pseudonym !== 'person2');
    expect(flawsOf(kept)).not.toEqual([]);
    const before = kept.head.sequence + 1;
    append(kept, { kind: 'prompts_expired', actor: null, repository: 1, body: { before }, detail: null });
    append(kept, {
      kind: 'person_erased',
      actor: null,
      repository: null,
      body: { actors: ['person2'], rows: '' },
      detail: null,
    });
    expect(flawsOf(kept)).toEqual([]);
    const other = kept.rows.find(({ kind, actor }) => kind === 'run_ended' && actor !== 'person2');
    kept.details.delete(other?.sequence ?? 0);
    expect(flawsOf(kept)).toMatchObject([{ code: 'detail_missing', sequence: other?.sequence }]);
  });
});
