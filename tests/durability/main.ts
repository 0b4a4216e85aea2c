/**
 * Tries every promise about runs, or those that are named, with its full number:
 * `npm run crash -- [PROPERTY...] [--runs=N] [--seed=N] [--minutes=N]`. Exits with 1 when one does not hold.
 */
import { parseArgs } from 'node:util';
import { testPostgres } from '../storage/postgres.ts';
import { PROPERTIES } from './properties.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, seed: { type: 'string' }, minutes: { type: 'string', default: '15' } },
});
const unknown = positionals.filter((name) => !PROPERTIES.some((property) => property.name === name));
if (unknown.length > 0) {
  say(`There is no ${unknown.join(', ')}: ${PROPERTIES.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
say(`seed ${seed}`);
const postgres = await testPostgres();
let isWrong = false;
for (const { name, counts, full, check } of PROPERTIES) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const size = Number(values.runs ?? full);
  const began = Date.now();
  const until = began + Number(values.minutes) * 60_000;
  const { figures, wrong } = await check(size, seed, { postgres, until });
  const seconds = Math.round((Date.now() - began) / 1_000);
  // The time was up before the number was reached: the figures below say how far it came.
  const held = Date.now() < until ? 'holds' : 'CUT SHORT';
  const result = wrong.length === 0 ? held : `${wrong.length} WRONG`;
  say(`${name.padEnd(16)} ${`${size} ${counts}`.padEnd(20)} ${result.padEnd(10)} ${seconds} s`);
  for (const [what, figure] of Object.entries(figures)) say(`  ${what}: ${figure}`);
  for (const what of wrong.slice(0, 40)) say(`  WRONG ${what}`);
  if (wrong.length > 0) isWrong = true;
}
await postgres?.close();
// Said outright: the embedded PostgreSQL ends a process that is done with 0, whatever its exit code.
if (isWrong) process.exit(1);
