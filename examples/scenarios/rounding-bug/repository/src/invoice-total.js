import { lineTotal } from './line-total.js';

/** The sum of an invoice's lines. */
export function invoiceTotal(lines) {
  return lines.reduce((sum, line) => sum + lineTotal(line), 0);
}
