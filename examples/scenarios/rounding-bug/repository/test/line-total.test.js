import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceTotal } from '../src/invoice-total.js';
import { lineTotal } from '../src/line-total.js';

test('a line is rounded to the nearest cent', () => {
  assert.equal(lineTotal({ quantity: 4, price: 4.35 }), 17.4);
});

test('a line without cents stays as it is', () => {
  assert.equal(lineTotal({ quantity: 2, price: 10 }), 20);
});

test('an invoice adds up its lines', () => {
  assert.equal(invoiceTotal([{ quantity: 4, price: 4.35 }, { quantity: 1, price: 2 }]), 19.4);
});
