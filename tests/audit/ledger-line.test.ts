import { describe, expect, it } from 'vitest';
import { CSV_HEADING, csvOf, lineOf, readLine } from '../../src/audit/ledger-line.ts';
import { ledgerOf } from './chain.ts';

const [row] = ledgerOf(3).rows;
const entry = (text: string, login: string | null = null) => {
  if (row === undefined) throw new Error('There is no row.');
  return { row, detail: { salt: 's', text }, login };
};

describe('an export', () => {
  it('S4-17: a line of JSON holds all that is needed to read the row again', () => {
    const line = JSON.stringify(lineOf(entry('{"a":"\\u0000\\ud800"}')));
    expect(readLine(line)).toEqual(entry('{"a":"\\u0000\\ud800"}'));
  });

  it.each([
    '',
    '{}',
    'null',
    '[1]',
    JSON.stringify({ ...lineOf(entry('')), more: 1 }),
    JSON.stringify({ ...lineOf(entry('')), thread: '7' }),
  ])('S4-17: what no export wrote is no row: %s', (text) => expect(readLine(text)).toBeNull());

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'S4-17: a cell is never a formula: %j',
    (login) => {
      const cells = csvOf(entry('{}', login)).split(',');
      expect(cells[CSV_HEADING.split(',').indexOf('login')]).toMatch(/^"?'/);
    },
  );

  it('S4-17: quotes, commas and line breaks stay inside their cell', () => {
    expect(csvOf(entry('{"a":"1,2"}\n'))).toMatch(/,s,"\{""a"":""1,2""\}\n"$/);
  });
});
