/**
 * Whole runs of Conductor on a local GitHub, with a model that an attacker owns:
 * `npm run hostile -- [CLASS...] [--runs=1000] [--seed=N] [--form=app|action] [--minutes=30]`. Exits with 1 when a law is broken.
 */
import { parseArgs } from 'node:util';
import { ATTACKS } from './attacks.ts';
import { attack } from './campaign.ts';
import { prepareGround } from './ground.ts';
import { LAWS } from './oracle.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    form: { type: 'string', default: 'app' },
    minutes: { type: 'string', default: '30' },
  },
});
const { form } = values;
if (form !== 'app' && form !== 'action') {
  say(`There is no form ${form}: app or action.`);
  process.exit(2);
}
const classes = ATTACKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (classes.length === 0) {
  say(`There is no such class: ${ATTACKS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
say(`seed ${values.seed}, as ${form}, ${LAWS.length} laws`);
const began = Date.now();
const ground = await prepareGround(form);
const until = began + Number(values.minutes) * 60_000;
const { figures, breaches } = await attack(ground, Number(values.runs), Number(values.seed), {
  until,
  classes,
});
await ground.close();

const row = (...cells: readonly (string | number)[]) =>
  say(
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(26) : String(cell).padStart(12))).join(''),
  );
row('class', 'tried', 'wrote', 'turned down');
let tried = 0;
for (const [name, figure] of figures) {
  tried += figure.tried;
  row(name, figure.tried, figure.wrote, figure.turnedDown);
}
say(`${tried} runs in ${Math.round((Date.now() - began) / 1_000)} s, ${breaches.length} breaches`);
for (const breach of breaches.slice(0, 60)) say(`  BREACH ${breach}`);
if (tried < Number(values.runs)) say('CUT SHORT: the minutes were up.');
process.exit(breaches.length > 0 ? 1 : 0);
