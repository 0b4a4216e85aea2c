import type { CliAgent } from '../agents/cli-agent.ts';
import type { Variables } from './environment.ts';

/** Coding CLIs as this host runs them; what that takes is loaded when the first one is asked. */
export function lazyCliAgents(variables: Variables): CliAgent {
  return async (task, signal) => {
    const { cliAgents } = await import('./cli-agents.ts');
    return cliAgents(variables)(task, signal);
  };
}
