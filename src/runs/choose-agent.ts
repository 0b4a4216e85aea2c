import type { AgentProfile } from '../agents/profile.ts';
import { nearestName } from '../commands/nearest-name.ts';
import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';

/** The agent that a command addresses: by name, by verb (`review` goes to the reviewer), or the default one. */
export function chooseAgent(run: Run, facts: Facts, option: string | null): StepResult<AgentProfile> {
  const { agents, verb } = run.request.command;
  const { roster, config } = facts;
  if (agents.length > 1 || agents[0] === 'all') {
    return refuse(
      'one_agent_at_a_time',
      'Several agents in one request are not available in this version.',
      'Address one agent: `reviewer: …`.',
    );
  }
  const name =
    agents[0] ??
    option ??
    (verb === 'review' && roster.agents.has('reviewer') ? 'reviewer' : config.agent.default);
  const agent = roster.agents.get(name);
  if (agent) return value(agent);

  const broken = roster.problems.find(
    ({ path }) => path.endsWith(`/${name}.agent.md`) || path.endsWith(`/${name}.md`),
  );
  if (broken) {
    return refuse(
      'agent_invalid',
      `The profile of \`${name}\` is not valid: \`${broken.path}:${broken.line}:${broken.column}\` ${broken.message}`,
      broken.fix,
    );
  }
  const known = [...roster.agents.keys()];
  const nearest = nearestName(name, known);
  return refuse(
    'unknown_agent',
    `There is no agent \`${name.slice(0, 40)}\`.${nearest ? ` Did you mean \`${nearest}\`?` : ''}`,
    `Agents here: ${known.map((each) => `\`${each}\``).join(', ')}.`,
  );
}

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));
