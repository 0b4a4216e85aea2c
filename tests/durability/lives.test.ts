import { describe, it } from 'vitest';
import { afterAnswer } from './after-answer.ts';
import { crash } from './crash.ts';
import { databaseAway } from './database-away.ts';
import { replicas } from './replicas.ts';
import { tryingSmall } from './try-small.ts';

describe('processes and databases that go away', () => {
  const trySmall = tryingSmall();

  it('R1: a kill inside a step loses nothing and doubles nothing', () => trySmall(crash, 3), 120_000);
  it(
    'R2: what was answered 2xx is done, even when killed right then',
    () => trySmall(afterAnswer, 2),
    120_000,
  );
  it(
    'R22: a killed replica’s runs are taken over, and nothing is done twice',
    () => trySmall(replicas, 2),
    120_000,
  );
  it(
    'R20: no 2xx without a row while the database is away, and then all goes on',
    () => trySmall(databaseAway, 2),
    120_000,
  );
});
