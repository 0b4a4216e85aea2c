import { Command } from 'commander';
import { policyCheck } from './policy-check.ts';
import { policySimulate } from './policy-simulate.ts';
import { policyTest } from './policy-test.ts';
import { policyWhy } from './policy-why.ts';

/** `conductor policy`: what policy says, without running or writing anything. */
export function policy(): Command {
  return new Command('policy')
    .description('Judge change sets by the written policy, explain it, compare it with another, and test it.')
    .addCommand(policyCheck())
    .addCommand(policyWhy())
    .addCommand(policySimulate())
    .addCommand(policyTest());
}
