import { Command, CommanderError } from 'commander';
import { SettingError } from '../hosts/environment.ts';
import { maskOf } from '../hosts/mask-of.ts';
import { cannotAnswer, complain, maskAnswers } from './answer.ts';

/** Every subcommand, loaded only when it is asked for. */
const SUBCOMMANDS: readonly (readonly [string, () => Promise<Command>])[] = [
  ['demo', async () => (await import('./demo.ts')).demo()],
  ['simulate', async () => (await import('./simulate.ts')).simulate()],
  [
    'serve',
    async () =>
      (await import('./serve.ts')).serve((await import('../hosts/own-environment.ts')).takeEnvironment()),
  ],
  ['runs', async () => (await import('./runs.ts')).runs(process.env)],
  ['stop', async () => (await import('./stop.ts')).stop(process.env)],
  ['retry', async () => (await import('./retry.ts')).retry(process.env)],
  ['approve', async () => (await import('./approve.ts')).approve(process.env)],
  ['deny', async () => (await import('./approve.ts')).deny(process.env)],
  ['why', async () => (await import('./why.ts')).why(process.env)],
  ['audit', async () => (await import('./audit.ts')).audit(process.env)],
  ['costs', async () => (await import('./costs.ts')).costs(process.env)],
  ['doctor', async () => (await import('./doctor.ts')).doctor(process.env)],
  ['explain', async () => (await import('./explain.ts')).explain()],
  ['context', async () => (await import('./context.ts')).context(process.env)],
  ['policy', async () => (await import('./policy.ts')).policy()],
  ['apply', async () => (await import('./apply.ts')).apply()],
  ['agents', async () => (await import('./agents.ts')).agents()],
  ['config', async () => (await import('./config-validate.ts')).config()],
];

async function main(args: readonly string[]): Promise<void> {
  const program = new Command('conductor')
    .description('People and AI agents in one GitHub thread; a written policy decides what may change.')
    .exitOverride();
  const asked = SUBCOMMANDS.filter(([name]) => args[0] === name);
  for (const [, load] of asked.length > 0 ? asked : SUBCOMMANDS) {
    const subcommand = await load();
    program.addCommand(withExitOverride(subcommand));
  }
  await program.parseAsync([...args], { from: 'user' });
}

function withExitOverride(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) withExitOverride(child);
  return command;
}

maskAnswers(maskOf(process.env));
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof SettingError) cannotAnswer(false, error);
  else {
    // A bug, or a server that is away: what node would print itself, without the secrets that may be in it.
    complain(error instanceof Error ? (error.stack ?? String(error)) : String(error));
    process.exit(1);
  }
}
