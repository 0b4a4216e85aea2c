import { repairMark } from '../runs/head-marks.ts';
import type { RunView } from '../runs/run-view.ts';
import { code } from './way-out.ts';

const NAMED = 5;

/** What a run that nobody asked for is about: which checks fail where, and which repair this is. */
export function repairLine({ failing, outcome }: RunView): string {
  if (!failing) return '';
  const { head, checks, repair, of } = failing;
  const names = checks.slice(0, NAMED).map(code).join(', ');
  const more = checks.length > NAMED ? ` and ${checks.length - NAMED} more` : '';
  const what = `${names}${more} ${checks.length === 1 ? 'fails' : 'fail'} at ${code(head.slice(0, 7))}.`;
  const line = repair === null ? what : `Repair ${repair} of ${of}: ${what}`;
  // A run that broke off has not seen to anything: it may be begun again.
  return outcome ? `${repairMark(head)}\n${line}` : line;
}
