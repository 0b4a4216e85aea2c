import { Command } from 'commander';
import { answer } from './answer.ts';
import { directoryError, openDirectory } from './open-directory.ts';
import { rosterOf } from './roster-of.ts';

/** `conductor agents`: who can be asked in a repository. Exit 0; 1 when a profile is broken; 2 when the folder can't be read. */
export function agents(): Command {
  return new Command('agents')
    .description('List the agents of a git checkout (at HEAD) or a plain folder, and what each may do.')
    .option('--dir <dir>', 'the checkout or folder', '.')
    .option('--json', 'for machines')
    .action(async (options: { readonly dir: string; readonly json?: boolean }) => {
      const json = options.json ?? false;
      try {
        const { agents: known, problems } = await rosterOf(await openDirectory(options.dir));
        const list = [...known.values()].map(({ instructions: _, ...agent }) => agent);
        const lines = list.map(({ name, title, tools, source, description }) => {
          const held = tools === 'all' ? 'all tools' : tools.join(', ');
          return `${name}  ${title}  (${source})\n  ${description}\n  ${held}`;
        });
        const broken = problems.map(
          ({ path, line, column, message, fix }) => `${path}:${line}:${column} ${message} ${fix}`,
        );
        answer(
          json,
          { agents: list, problems },
          [...lines, ...broken].join('\n'),
          problems.length > 0 ? 1 : 0,
        );
      } catch (error) {
        const known = directoryError(error);
        if (!known) throw error;
        answer(json, { error: known }, `${known.message} ${known.hint}`, 2);
      }
    });
}
