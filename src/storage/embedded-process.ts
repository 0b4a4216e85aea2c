/**
 * The embedded database's own process, started by embedded-database.ts with the data folder as its one argument. It
 * holds the folder, answers one statement after another, and ends with the process that started it.
 */
import { existsSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { createWhole, takeDataFolder } from './data-folder.ts';
import type { Answer, Order, Report } from './embedded-database.ts';

/** int8 and numeric as strings, as node-postgres gives them. */
const AS_TEXT = { parsers: { 20: (text: string) => text, 1700: (text: string) => text } };

const say = (report: Report) => void process.send?.(report);

// A terminal and a service manager signal the whole group. It is for the owner to say when this is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// Killed, in effect: what was committed stays, and whoever starts next is not kept waiting for the folder.
process.on('disconnect', () => process.exit());

try {
  const folder = await takeDataFolder(process.argv[2] ?? '', process.ppid);
  if (!existsSync(folder.database))
    await createWhole(folder.database, async (temporary) => (await PGlite.create(temporary)).close());
  const database = await PGlite.create(folder.database);
  process.on('message', async (order: Order) => {
    if (order.kind === 'close') {
      await database.close();
      folder.release();
      process.disconnect();
      return;
    }
    const { id } = order;
    try {
      say({ kind: 'answer', id, answer: await run(database, order.text, order.values) });
    } catch (error) {
      say({ kind: 'error', id, error: told(error) });
    }
  });
  say({ kind: 'open' });
} catch (error) {
  say({ kind: 'refused', error: told(error) });
}

async function run(database: PGlite, text: string, values: readonly unknown[]): Promise<Answer> {
  const answer =
    values.length > 0
      ? await database.query(text, [...values], AS_TEXT)
      : (await database.exec(text, AS_TEXT)).at(-1);
  return {
    rows: answer?.rows ?? [],
    fields: answer?.fields ?? [],
    command: text.trim().split(/\s/, 1)[0]?.toUpperCase() ?? '',
    rowCount: answer?.rows.length || (answer?.affectedRows ?? 0),
  };
}

/** An error in a form that reaches another process whole: PostgreSQL's code and names are fields of their own. */
function told(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = Object.entries(error).filter(([, value]) => typeof value === 'string');
  return { ...Object.fromEntries(fields), name: error.name, message: error.message };
}
