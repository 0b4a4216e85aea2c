import { expect, it } from 'vitest';
import { rehearse } from '../../src/hosts/rehearsal.ts';

it('S0-28: a mention is answered at once, and done all the same, when GitHub is slow to let us begin', async () => {
  const files = { '.github/conductor.yml': new TextEncoder().encode('agent: { type: mock }\n') };
  const repository = { owner: 'acme', name: 'web', private: true };
  const people = [{ login: 'ada', permission: 'write' as const }];
  const stage = await rehearse(
    { title: 'slow', repository, people, files, acts: [] },
    { form: 'app', runner: 'durable' },
  );
  try {
    const { simulator } = stage;
    simulator.faults.add({ route: 'GET /app', kind: 'delay', delayMs: 6_500 });
    await stage.play({ issue: { by: 'ada', title: 'One', body: '@conductor hello' } });
    const [delivery] = simulator.deliveries;
    expect(delivery).toMatchObject({ statusCode: 202 });
    expect(delivery?.duration).toBeLessThan(1);
    expect(stage.runs()).toMatchObject([{ conclusion: 'done' }]);
  } finally {
    await stage.close();
  }
});
