/** The price of one line of an invoice, in whole cents of the currency. */
export function lineTotal({ quantity, price }) {
  return Math.floor(quantity * price * 100) / 100;
}
