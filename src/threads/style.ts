import { decodeText } from '../changes/text.ts';
import type { Workspace } from '../changes/workspace.ts';
import { asCode, element } from './hostile-text.ts';
import { languageOf } from './languages.ts';

const MOST_LANGUAGES = 5;
const LONGEST_EDITORCONFIG = 1_500;
/** A language with less than this share of the files is not worth a word. */
const LEAST_SHARE = 0.02;

interface SampleFile {
  readonly path: string;
  readonly text: string;
}

/** In a few lines what the repository is written in and how: its languages, and the habits of the files at hand. */
export async function describeStyle(trusted: Workspace, samples: readonly SampleFile[]): Promise<string> {
  const languages = await languagesOf(trusted);
  const main = languages[0]?.name;
  const own = samples.filter(({ path }) => languageOf(path) === main);
  const lines = [
    languages.length > 0
      ? `Languages by files: ${languages.map(({ name, share }) => `${name} ${share} %`).join(', ')}.`
      : '',
    own.length > 0 ? `${main}: ${habitsOf(own).join('; ')}.` : '',
    await editorconfig(trusted),
  ].filter((line) => line !== '');
  return lines.length === 0 ? '' : element('repository_style', {}, lines.join('\n'));
}

async function languagesOf(workspace: Workspace): Promise<readonly { name: string; share: number }[]> {
  const counts = new Map<string, number>();
  for (const { path } of await workspace.list()) {
    const language = languageOf(path);
    if (language !== null) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .filter(([, count]) => count / all >= LEAST_SHARE)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_LANGUAGES)
    .map(([name, count]) => ({ name, share: Math.round((100 * count) / all) }));
}

function habitsOf(samples: readonly SampleFile[]): string[] {
  const all = samples.map(({ text }) => text).join('\n');
  const times = (pattern: RegExp) => all.match(pattern)?.length ?? 0;
  const [tabs, two, four] = [times(/^\t+\S/gm), times(/^ {2}\S/gm), times(/^ {4}\S/gm)];
  const indent = tabs > two + four ? 'tabs' : two === 0 ? '4 spaces' : `${two * 3 > four ? 2 : 4} spaces`;
  const [single, double] = [times(/'[^'"\n]*'/g), times(/"[^'"\n]*"/g)];
  const statements = times(/[^\s{},;([]\n/g);
  const semicolons = times(/;\n/g);
  return [
    `indented by ${indent}`,
    single + double === 0 ? '' : `${single > double ? 'single' : 'double'} quotes`,
    semicolons > statements ? 'semicolons' : '',
    times(/\r\n/g) > 0 ? 'lines end with CRLF' : '',
  ].filter((habit) => habit !== '');
}

async function editorconfig(trusted: Workspace): Promise<string> {
  const entry = (await trusted.list()).find(({ path }) => path === '.editorconfig');
  if (!entry?.mode.startsWith('100') || ((await trusted.sizeOf('.editorconfig')) ?? 0) > LONGEST_EDITORCONFIG)
    return '';
  const decoded = decodeText('.editorconfig', (await trusted.read('.editorconfig')) ?? new Uint8Array());
  const said = decoded.ok
    ? asCode(decoded.text)
        .replace(/^[#;].*\n?/gm, '')
        .replace(/\n{2,}/g, '\n')
        .trim()
    : '';
  return said === '' ? '' : `.editorconfig:\n${said}`;
}
