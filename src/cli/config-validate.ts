import { Command } from 'commander';
import { parseProfile } from '../agents/parse-profile.ts';
import { parseConfig } from '../config/parse-config.ts';
import { answer, cannotAnswer } from './answer.ts';
import { readTextFile } from './read-change-set.ts';

interface Problem {
  /** The config's key, dotted; for an agent's file, the file. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `conductor config validate`: checks a config, or an agent's file, as a run would. Exit 0: valid; 1: not. */
export function config(): Command {
  const validate = new Command('validate')
    .description('Check a config (.github/conductor.yml) or an agent’s file (NAME.agent.md).')
    .argument('<file>', 'the file')
    .option('--json', 'for machines')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const text = await readTextFile(file);
      if (typeof text !== 'string') {
        cannotAnswer(options.json ?? false, text);
        return;
      }
      const problems = /\.md$/i.test(file) ? problemsOfAgent(text, file) : problemsOfConfig(text);
      const ok = problems.length === 0;
      const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
      answer(
        options.json ?? false,
        { ok, problems },
        [...lines, ...(ok ? [`${file} is valid.`] : [])].join('\n'),
        ok ? 0 : 1,
      );
    });
  return new Command('config').description('Check the files that configure Conductor.').addCommand(validate);
}

function problemsOfConfig(text: string): readonly Problem[] {
  const parsed = parseConfig(text);
  return parsed.ok ? [] : parsed.problems;
}

function problemsOfAgent(text: string, file: string): readonly Problem[] {
  const parsed = parseProfile(text, file);
  if (parsed.ok) return [];
  return parsed.problems.map(({ path, line, column, message, fix }) => {
    return { path, line, column, message: `${message} ${fix}` };
  });
}
