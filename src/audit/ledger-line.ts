import { z } from 'zod';
import { AUDIT_KINDS } from './audit-event.ts';
import type { LedgerEntry } from './chain.ts';

/** What an export writes of a row: all that its hash covers, and what stands beside it. In the order of the columns. */
const lineSchema = z.strictObject({
  installation: z.int(),
  sequence: z.int(),
  at: z.string(),
  repository: z.int().nullable(),
  thread: z.int().nullable(),
  run: z.string().nullable(),
  actor: z.string().nullable(),
  /** Known of the actor when it was exported. No hash covers it: the detail of a `person_known` row says the same. */
  login: z.string().nullable(),
  kind: z.enum(AUDIT_KINDS),
  detail_digest: z.string().nullable(),
  body: z.string(),
  hash: z.string(),
  salt: z.string().nullable(),
  detail: z.string().nullable(),
});
type Line = z.infer<typeof lineSchema>;

export function lineOf({ row, detail, login }: LedgerEntry): Line {
  const { installation, sequence, at, repository, thread, run, actor, kind, body, hash } = row;
  const beside = { salt: detail?.salt ?? null, detail: detail?.text ?? null };
  const place = { installation, sequence, at, repository, thread, run, actor, login };
  return { ...place, kind, detail_digest: row.detailDigest, body, hash, ...beside };
}

/** Reads a line of an export; null: it is none. */
export function readLine(text: string): LedgerEntry | null {
  const read = lineSchema.safeParse(jsonOf(text));
  if (!read.success) return null;
  const { detail_digest: detailDigest, login, salt, detail, ...row } = read.data;
  return {
    row: { ...row, detailDigest },
    detail: salt === null || detail === null ? null : { salt, text: detail },
    login,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The heading of a CSV export. */
export const CSV_HEADING = Object.keys(lineSchema.shape).join(',');

/** A row of a CSV export (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export const csvOf = (entry: LedgerEntry): string => Object.values(lineOf(entry)).map(cell).join(',');

function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
