import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Workspace } from '../changes/workspace.ts';
import type { Problem } from '../config/read-yaml.ts';
import type { PolicySettings } from '../policy/settings.ts';
import { answer } from './answer.ts';
import { type CaseResult, tryCase } from './policy-case.ts';
import { type PolicyCase, readPolicyCases } from './policy-cases.ts';
import { type Answered, cannotAnswer, inDirectory } from './policy-judging.ts';
import { CONFIG, settingsFor } from './policy-settings.ts';
import { readTextFile } from './read-change-set.ts';

const CASES = '.github/conductor/policy-tests';

interface TestOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** A mistake in a file of cases. */
type FileProblem = Problem & { readonly file: string };

/** `conductor policy test`: tries the cases that lie beside a policy. Exit 1: one does not hold; 2: one can't be read. */
export function policyTest(): Command {
  return new Command('test')
    .description(`Try the cases in ${CASES}/*.yml of a directory against its config.`)
    .argument('[dir]', 'a checkout or a plain folder; config and cases are read as they lie there', '.')
    .option('--config <file>', `the policy to test; the directory's own ${CONFIG} when not given`)
    .option('--json', 'for machines')
    .action(async (directory: string, options: TestOptions) => {
      const json = options.json ?? false;
      const tested = await inDirectory(directory, (workspace) => run(workspace, directory, options));
      if (!tested.ok) return cannotAnswer(json, tested.error);
      const { problems, results } = tested.value;
      if (problems.length > 0)
        return answer(json, { ok: false, problems }, problems.map(place).join('\n'), 2);
      const failed = results.filter(({ problems: found }) => found.length > 0).length;
      const passed = results.length - failed;
      const summary = `${results.length} ${results.length === 1 ? 'case' : 'cases'}: ${passed} passed, ${failed} failed.`;
      const value = { ok: failed === 0, passed, failed, cases: results };
      answer(json, value, [...results.flatMap(words), summary].join('\n'), failed === 0 ? 0 : 1);
    });
}

async function run(
  workspace: Workspace,
  directory: string,
  options: TestOptions,
): Promise<Answered<{ problems: FileProblem[]; results: CaseResult[] }>> {
  const names = await readdir(join(directory, CASES)).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length === 0) {
    const hint = 'Write one; docs/policy-tests.md shows how.';
    return {
      ok: false,
      error: { code: 'no_cases', message: `There is no ${CASES}/*.yml in ${directory}.`, hint },
    };
  }
  const own = join(directory, CONFIG);
  const isThere = await access(own).then(
    () => true,
    () => false,
  );
  const settings = await settingsFor(workspace, options.config ?? (isThere ? own : undefined));
  if (!settings.ok) return settings;
  const problems: FileProblem[] = [];
  const found: { file: string; cases: readonly PolicyCase[] }[] = [];
  for (const name of files) {
    const file = `${CASES}/${name}`;
    const text = await readTextFile(join(directory, file));
    if (typeof text !== 'string') return { ok: false, error: text };
    const read = readPolicyCases(text);
    if (read.ok) found.push({ file, cases: read.cases });
    else problems.push(...read.problems.map((problem) => ({ file, ...problem })));
  }
  if (problems.length > 0) return { ok: true, value: { problems, results: [] } };
  return { ok: true, value: { problems, results: await tryAll(found, workspace, settings.value) } };
}

async function tryAll(
  found: readonly { readonly file: string; readonly cases: readonly PolicyCase[] }[],
  workspace: Workspace,
  settings: PolicySettings,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const { file, cases } of found) {
    for (const each of cases) results.push(await tryCase(each, file, workspace, settings));
  }
  return results;
}

function words({ file, name, verdict, problems }: CaseResult): string[] {
  if (problems.length === 0) return [`  passed  ${verdict.padEnd(6)}  ${name}`];
  return [
    `  failed  ${verdict.padEnd(6)}  ${name}`,
    ...problems.map((problem) => place({ file, ...problem })),
  ];
}

function place({ file, line, column, message }: Omit<FileProblem, 'path'>): string {
  return `${file}:${line}:${column} ${message}`;
}
