import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  askerOf,
  type CircumstanceOptions,
  circumstancesOf,
  withCircumstances,
} from '../../src/cli/policy-circumstances.ts';

/** What these flags say of who asked and under what. */
function said(...flags: readonly string[]) {
  const command = withCircumstances(new Command()).parse(flags, { from: 'user' });
  const options = command.opts<CircumstanceOptions>();
  return { asker: askerOf(options), circumstances: circumstancesOf(options) };
}

describe('the circumstances of a change on the command line', () => {
  it('are those of its flags', () => {
    const who = ['--actor', 'bea', '--permission', 'maintain', '--agent', 'coder', '--model', 'm'];
    const how = ['--labels', 'risky, big', '--cost', '1.5', '--at', '2026-11-21T15:00:00+01:00'];
    expect(said(...who, ...how)).toEqual({
      asker: { login: 'bea', permission: 'maintain' },
      circumstances: {
        labels: ['risky', 'big'],
        agent: 'coder',
        model: 'm',
        costUsd: 1.5,
        at: '2026-11-21T14:00:00.000Z',
      },
    });
  });

  it('without flags are the least that is possible, now', () => {
    const before = new Date().toISOString();
    const { asker, circumstances } = said();
    expect(asker).toEqual({ login: 'unknown', permission: 'none' });
    expect(circumstances).toMatchObject({ labels: [], agent: null, model: null, costUsd: 0 });
    expect(circumstances.at >= before).toBe(true);
  });
});
