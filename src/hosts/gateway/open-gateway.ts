import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Gateway, Refusal, WireName } from '../../agents/cli/host.ts';
import type { CliCall, CliTask } from '../../agents/cli-agent.ts';
import { createBodyReader } from '../read-body.ts';
import { answerRequest, type Passageway } from './answer-request.ts';
import { newGatewayKey } from './gateway-key.ts';
import type { Upstream } from './upstream.ts';
import { WIRES } from './wires.ts';

/** Anthropic's own limit for a request: https://docs.anthropic.com/en/api/errors#request-size-limits. */
const BODIES = { largestBodyBytes: 32 * 1024 * 1024, bodiesTogetherBytes: 128 * 1024 * 1024 };

/**
 * Opens a way to one model on this machine's loopback, for one run: it asks the meter before each call, adds the key,
 * and records what each call came to. Whatever is asked without this gateway's own key, for another model or at
 * another path is refused.
 */
export async function openGateway(
  task: Pick<CliTask, 'model' | 'meter' | 'maxTurns'>,
  upstream: Upstream,
): Promise<Gateway> {
  const calls: CliCall[] = [];
  const closing = new AbortController();
  const exhausted = new AbortController();
  const underWay = new Set<Promise<void>>();
  let thrown: { readonly error: unknown } | null = null;

  const passageway: Passageway = {
    task,
    upstream,
    key: newGatewayKey(),
    wires: WIRES.map(({ name }) => name).filter((name): name is WireName => name in upstream.addresses),
    readBody: createBodyReader(BODIES),
    largestBodyBytes: BODIES.largestBodyBytes,
    closing: closing.signal,
    exhausted: exhausted.signal,
    turns: 0,
    underWay: 0,
    record: (call) => calls.push(call),
    giveOut(refusal) {
      if (!exhausted.signal.aborted) exhausted.abort(refusal);
    },
  };

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    const work = answerRequest(passageway, request, response)
      .catch((error: unknown) => {
        thrown ??= { error };
        response.destroy();
        passageway.giveOut(CAN_NOT_GO_ON);
      })
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    key: passageway.key,
    wires: passageway.wires,
    exhausted: exhausted.signal,
    calls: () => [...calls],
    async close() {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await Promise.all(underWay);
      if (thrown) throw thrown.error;
    },
  };
}

/** Nobody reads it: what was thrown is thrown again when the gateway is closed. */
const CAN_NOT_GO_ON: Refusal = {
  code: 'run_interrupted',
  message: 'The run can’t go on.',
  next: 'Ask again.',
};
