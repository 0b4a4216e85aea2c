import { tmpdir } from 'node:os';
import { delimiter, isAbsolute } from 'node:path';
import { type FoundCli, findClis } from '../agents/cli/cli-versions.ts';
import type { CliHost } from '../agents/cli/host.ts';
import { cliAgent } from '../agents/cli/run-cli.ts';
import type { CliAgent, CliTask, CliWork } from '../agents/cli-agent.ts';
import type { Runner } from '../agents/profile.ts';
import { cliUser } from './cli-user.ts';
import type { Variables } from './environment.ts';
import { openGateway } from './gateway/open-gateway.ts';
import { vendorOf } from './gateway/vendor-of.ts';

/**
 * Coding CLIs as this host runs them. CLI_AGENTS lists the runners that repositories may use, absent: every CLI that
 * is installed, and no `command`; `command` there is any program, `command:NAME` this one. CLI_PATH adds folders in
 * which programs are found before those of PATH. CLI_USER says who they run as: see `cliUser`.
 */
export function cliAgents(variables: Variables): CliAgent {
  return async (task, signal) => {
    const { runner } = task.profile;
    if (runner && !isAllowed(runner, variables.CLI_AGENTS)) return notAllowed(runner);
    const found = cliUser(variables);
    if (!found.ok) return failed(found);
    const host: CliHost = {
      ...machine(variables),
      user: found.user,
      openGateway: (of) => gatewayFor(of, variables),
    };
    return cliAgent(host)(task, signal);
  };
}

/** Which coding CLIs are found here, and their versions: started in a cage as a run would, or failing that as ourselves. */
export function cliVersions(variables: Variables): Promise<readonly FoundCli[]> {
  const found = cliUser(variables);
  return findClis({ ...machine(variables), user: found.ok ? found.user : 'same' });
}

async function gatewayFor(task: CliTask, variables: Variables) {
  const vendor = vendorOf(task.model.name, task.entry, variables);
  if (!vendor.ok) return vendor;
  const gateway = vendor.upstream && (await openGateway(task, vendor.upstream));
  return { ok: true as const, gateway };
}

function machine({ PATH = '/usr/local/bin:/usr/bin:/bin', CLI_PATH = '' }: Variables) {
  const path = [...CLI_PATH.split(delimiter), ...PATH.split(delimiter)].filter(isAbsolute);
  return { path, temporaryFolder: tmpdir() };
}

function isAllowed(runner: Runner, listed: string | undefined): boolean {
  const names = listed?.split(/[\s,]+/).filter((name) => name !== '');
  if (runner.kind !== 'command')
    return names === undefined || names.length === 0 || names.includes(runner.kind);
  return names?.some((name) => name === 'command' || name === `command:${runner.command[0]}`) ?? false;
}

function notAllowed(runner: Runner): CliWork {
  const name = runner.kind === 'command' ? `command:${runner.command[0]}` : runner.kind;
  return failed({
    code: 'cli_not_allowed',
    message: `The runner \`${name}\` is not allowed here.`,
    next: 'Whoever runs Conductor can add it to CLI_AGENTS.',
  });
}

function failed({ code, message, next }: { code: string; message: string; next: string }): CliWork {
  return { thought: { kind: 'failure', code, message, next, text: '' }, calls: [], tools: [] };
}
