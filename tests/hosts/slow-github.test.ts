import { expect, it } from 'vitest';
import { rehearse } from '../../src/hosts/rehearsal.ts';

it('S0-28: a mention is answered in time, and done all the same, when GitHub is slow to let us begin', async () => {
  const files = { '.github/conductor.yml': new TextEncoder().encode('agent: { type: mock }\n') };
  const repository = { owner: 'acme', name: 'web', private: true };
  const people = [{ login: 'ada', permission: 'write' as const }];
  const stage = await rehearse({ title: 'slow', repository, people, files, acts: [] }, { form: 'app' });
  try {
    const { simulator } = stage;
    simulator.faults.add({ route: 'GET /app', kind: 'delay', delayMs: 6_500 });
    await stage.play({ issue: { by: 'ada', title: 'One', body: '@conductor hello' } });
    const [delivery] = simulator.deliveries;
    expect(delivery).toMatchObject({ statusCode: 200 });
    expect(delivery?.duration).toBeLessThan(6);
    // The runner learns of the run only after the answer.
    for (let wait = 0; wait < 50 && stage.runs().length === 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await stage.settled();
    }
    expect(stage.runs()).toMatchObject([{ conclusion: 'done' }]);
  } finally {
    await stage.close();
  }
});
