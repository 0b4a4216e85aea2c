/**
 * Whole runs of Conductor on a local GitHub, with a model that an attacker owns, and people and strangers around it:
 * `npm run hostile -- [CLASS...] [--runs=1000] [--seed=N] [--form=app|action] [--minutes=60]`. A process for each policy.
 * Exits with 1 when a law is broken.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ATTACKS } from './attacks.ts';
import { attack, type Figures } from './campaign.ts';
import { LAWS } from './oracle.ts';
import { POLICIES } from './policies.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    form: { type: 'string', default: 'app' },
    minutes: { type: 'string', default: '60' },
    /** Of a process that this one starts. */
    policy: { type: 'string' },
  },
});
const { form } = values;
const classes = ATTACKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if ((form !== 'app' && form !== 'action') || classes.length === 0) {
  say(`The forms are app and action; the classes are ${ATTACKS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

/** What a process tells the one that started it, after each attack and at its end. */
interface Told {
  readonly done: number;
  readonly breaches: readonly string[];
  readonly figures?: readonly (readonly [string, Figures])[];
}

const lane = POLICIES.findIndex(({ repository }) => repository === values.policy);

async function attackOne(as: 'app' | 'action'): Promise<void> {
  const tell = (told: Told) => void process.send?.(told);
  const runs = Math.ceil(Number(values.runs) / POLICIES.length);
  const until = Date.now() + Number(values.minutes) * 60_000;
  // Seeds far apart: under each policy other attacks are made.
  const seed = Number(values.seed) + lane * 1_000_000;
  let made = 0;
  const { figures, breaches } = await attack(as, POLICIES[lane]!, runs, seed, {
    ...{ classes, until },
    tell(done, found) {
      made = done;
      tell({ done, breaches: found });
    },
  });
  tell({ done: made, breaches, figures: [...figures] });
  process.disconnect();
}

async function attackAll(): Promise<void> {
  say(`seed ${values.seed}, as ${form}, ${LAWS.length} laws`);
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1_000;
  const told = POLICIES.map((): Told => ({ done: 0, breaches: [] }));
  const known = new Set<string>();
  let printed = 0;
  const codes = await Promise.all(
    POLICIES.map(({ repository }, index) => {
      const child = fork(process.argv[1]!, [...process.argv.slice(2), `--policy=${repository}`]);
      child.on('message', (message) => {
        told[index] = message as Told;
        for (const breach of told[index].breaches) if (!known.has(breach)) say(`  BREACH ${breach}`);
        for (const breach of told[index].breaches) known.add(breach);
        const done = told.reduce((sum, each) => sum + each.done, 0);
        if (done < printed + 100) return;
        printed = done;
        say(`${done} runs in ${Math.round(seconds())} s, ${known.size} breaches`);
      });
      return ended(child);
    }),
  );
  const total = report(told.flatMap(({ figures = [] }) => figures));
  say(
    `${total.tried} attacks, ${total.runs} runs in ${Math.round(seconds())} s, ${(seconds() / total.runs).toFixed(2)} s each, ${known.size} breaches`,
  );
  if (told.some(({ done }) => done * POLICIES.length < Number(values.runs)))
    say('CUT SHORT: the minutes were up, or a process ended.');
  process.exit(known.size > 0 || codes.some((code) => code !== 0) ? 1 : 0);
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.on('exit', resolve));

const COLUMNS = ['tried', 'acts', 'runs', 'wrote', 'approved', 'turnedDown'] as const;

/** Prints the table, and gives its last line. */
function report(figures: readonly (readonly [string, Figures])[]): Figures {
  const none = (): Figures => ({ tried: 0, acts: 0, runs: 0, wrote: 0, approved: 0, turnedDown: 0 });
  const rows = new Map<string, Figures>();
  const total = none();
  for (const [name, figure] of figures)
    for (const sum of [total, rows.get(name) ?? rows.set(name, none()).get(name)!])
      for (const column of COLUMNS) sum[column] += figure[column];
  const row = (name: string, cells: readonly unknown[]) =>
    say(name.padEnd(28) + cells.map((cell) => String(cell).padStart(12)).join(''));
  row('class', ['tried', 'acts', 'runs', 'wrote', 'approved', 'turned down']);
  for (const [name, of] of [...rows, ['all', total] as const])
    row(
      name,
      COLUMNS.map((column) => of[column]),
    );
  return total;
}

if (lane >= 0) await attackOne(form);
else await attackAll();
