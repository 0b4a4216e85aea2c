/**
 * A process as a host is: secrets in its environment and on its disk. It lets the script of its one argument be a CLI,
 * with a gateway to the vendor that VENDOR names, and prints what came of it. Started by the canary tests.
 */
import { cliAgents } from '../../../src/hosts/cli-agents.ts';
import { takeEnvironment } from '../../../src/hosts/own-environment.ts';
import { recordingMeter, taskFor } from './tasks.ts';

const [script = ''] = process.argv.slice(2);
const variables = takeEnvironment();
const task = taskFor(
  { kind: 'command', command: ['/bin/sh', '-c', script] },
  {
    entry: { provider: 'anthropic', model: 'model-a', base_url: variables.VENDOR },
    meter: recordingMeter(),
  },
);
const work = await cliAgents(variables)(task, new AbortController().signal);
process.stdout.write(JSON.stringify(work));
