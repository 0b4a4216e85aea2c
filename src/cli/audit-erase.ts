import { Command } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import type { Erased } from '../storage/erase-person.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

interface Options {
  readonly email?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `conductor audit erase LOGIN|ID`: forgets a person; the ledger's chain stays whole. Exit 1: nothing was erased. */
export function auditErase(variables: Variables): Command {
  return new Command('erase')
    .description('Erase a person from the App’s database. Says what would go; does it only with --yes.')
    .argument('<person>', 'a login, or an account’s number')
    .option('--email <address>', 'what else names them; several with several', email)
    .option('--yes', 'do it')
    .option('--json', 'for machines')
    .action(async (who: string, { email: emails = [], yes = false, json = false }: Options) => {
      const erased = await withRuns(variables, (control) => control.erase({ who, emails, dryRun: !yes }));
      answer(json, erased, inWords(erased, who), erased.how === 'erased' ? 0 : 1);
    });
}

function inWords(erased: Erased, who: string): string {
  switch (erased.how) {
    case 'unknown':
      return `Nothing here is by ${who}, or names them.`;
    case 'under_way':
      return `Nothing was erased: runs by ${who}, or that name them, are under way (${erased.runs.join(', ')}). Wait for their end, or \`conductor stop\` them.`;
    case 'would_erase':
      return `${counts(erased)} would go. Nothing was erased yet: add --yes.`;
    case 'erased':
      return `${counts(erased)} are gone. The chain stays whole: \`conductor audit verify\`. What stands on GitHub, in its check runs and commits, is not Conductor’s to erase.`;
  }
}

const email = (address: string, before: readonly string[] = []) => [...before, address];

const counts = ({ details, runs }: { readonly details: number; readonly runs: number }) =>
  `${details} details of the ledger, and what is kept of ${runs} runs beside it,`;
