import { afterEach, describe, expect, it } from 'vitest';
import { casesOfAnswers } from './cases/answers.ts';
import { casesOfFailures } from './cases/failures.ts';
import { casesOfRequests } from './cases/requests.ts';
import { casesOfSilence } from './cases/silence.ts';
import { casesOnAStrangersServer } from './cases/strangers-server.ts';
import { DIALECTS } from './dialects.ts';

/** By adapter, the cases that have run: `--reporter=verbose` lists them all. */
const ran = new Map<string, string[]>();

describe.each(DIALECTS)('S2-12, S2-13, S2-14: $title', (dialect) => {
  if (dialect.isSpokenElsewhere) casesOnAStrangersServer(dialect);
  describe('on the wire', () => {
    afterEach(({ task }) => {
      ran.set(dialect.title, [...(ran.get(dialect.title) ?? []), task.name]);
    });
    casesOfRequests(dialect);
    casesOfAnswers(dialect);
    casesOfFailures(dialect);
    casesOfSilence(dialect);
  });
});

const hasBedrock = DIALECTS.some(({ title }) => title === 'bedrock');
const bedrock = hasBedrock ? 'bedrock among them' : 'bedrock not, its optional package is not installed here';

it(`S2-14: ${DIALECTS.length} adapters, the same cases for each, none left out (${bedrock})`, () => {
  const [first = [], ...others] = ran.values();
  expect(ran.size).toBe(DIALECTS.length);
  expect(first.length).toBeGreaterThanOrEqual(64);
  for (const cases of others) expect(cases).toEqual(first);
});
