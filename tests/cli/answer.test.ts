import { afterEach, describe, expect, it, vi } from 'vitest';
import { answer, cannotAnswer, maskAnswers } from '../../src/cli/answer.ts';
import { createMask } from '../../src/messages/mask.ts';

const CANARY = ['sk', 'Hq5vBn8mQw2eRt6yUi0oPl4kJh7gFd1sAz3'].join('-');

describe('what the command line says', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    maskAnswers(createMask());
    process.exitCode = undefined;
  });

  it('SEC-3: has no secret of its environment, to people or to machines, as an answer or as the reason for none', () => {
    const said: unknown[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line));
    vi.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
    maskAnswers(createMask([CANARY]));
    answer(false, {}, `the key is ${CANARY}`, 0);
    answer(true, { of: [CANARY], n: 1 }, '', 1);
    expect(process.exitCode).toBe(1);
    cannotAnswer(true, { message: `No ${CANARY} here.`, hint: 'Look elsewhere.' });
    expect(said).toEqual([
      'the key is [secret removed]',
      '{"of":["[secret removed]"],"n":1}',
      '{"error":{"message":"No [secret removed] here.","hint":"Look elsewhere."}}',
      'No [secret removed] here. Look elsewhere.',
    ]);
    expect(process.exitCode).toBe(2);
  });
});
