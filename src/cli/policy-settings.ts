import type { ChangeError } from '../changes/change-error.ts';
import { decodeText } from '../changes/text.ts';
import type { Workspace } from '../changes/workspace.ts';
import { parseConfig } from '../config/parse-config.ts';
import { defaultSettings, type PolicySettings } from '../policy/settings.ts';
import { readTextFile } from './read-change-set.ts';

export const CONFIG = '.github/conductor.yml';

export type Settings =
  | { readonly ok: true; readonly value: PolicySettings }
  | { readonly ok: false; readonly error: ChangeError };

/** The policy of a file, or the base's own where none is named. Codes: `config_invalid`, `unreadable_file`. */
export async function settingsFor(workspace: Workspace, file: string | undefined): Promise<Settings> {
  if (file === undefined) return settingsOf(workspace);
  const text = await readTextFile(file);
  return typeof text === 'string' ? read(text, file) : { ok: false, error: text };
}

/** The base's own config. Where there is none, a person approves everything. */
async function settingsOf(workspace: Workspace): Promise<Settings> {
  const entry = (await workspace.list()).find(({ path }) => path === CONFIG);
  if (!entry) return { ok: true, value: defaultSettings() };
  const bytes = entry.mode.startsWith('100') ? await workspace.read(CONFIG) : null;
  if (bytes === null) return invalid(`${CONFIG} is not a regular file.`);
  const decoded = decodeText(CONFIG, bytes);
  return decoded.ok ? read(decoded.text, CONFIG) : invalid(decoded.error.message);
}

function read(text: string, file: string): Settings {
  const parsed = parseConfig(text);
  if (parsed.ok) return { ok: true, value: parsed.config };
  const problems = parsed.problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
  return invalid(problems.slice(0, 10).join('; '));
}

function invalid(message: string): Settings {
  const hint = 'Correct the config; `conductor config validate FILE` checks it. No defaults stand in for it.';
  return { ok: false, error: { code: 'config_invalid', message, hint } };
}
