import { describe, it } from 'vitest';
import { afterEffect } from './after-effect.ts';
import { deliveries } from './deliveries.ts';
import { flood } from './flood.ts';
import { hourDown } from './hour-down.ts';
import { refRace } from './ref-race.ts';
import { tryingSmall } from './try-small.ts';

describe('what comes twice, at once, or late', () => {
  const trySmall = tryingSmall();

  it(
    'R3, R4: a delivery sent again, or replayed under a new GUID, begins no second run',
    () => trySmall(deliveries, 20),
    120_000,
  );
  it(
    'R8: a write that GitHub did and did not answer for is not done again',
    () => trySmall(afterEffect, 10),
    120_000,
  );
  it('R13: a competing push loses nothing, and nothing is forced', () => trySmall(refRace, 3), 120_000);
  it('R6: what failed while nobody listened is asked for again', () => trySmall(hourDown, 3), 120_000);
  it(
    'R7: under a flood each delivery is answered soon, and none is lost',
    () => trySmall(flood, 120),
    120_000,
  );
});
