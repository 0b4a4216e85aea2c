import { expect, it } from 'vitest';
import { statusComment } from '../../src/messages/status-comment.ts';
import { outcome } from '../../src/runs/outcome.ts';
import type { RunFact } from '../../src/runs/run-events.ts';
import { viewOf } from '../../src/runs/run-view.ts';
import { event } from '../storage/build.ts';
import { outcomeIn } from './world.ts';

const STARTED: RunFact = {
  kind: 'run_started',
  asker: 'ada',
  thread: 1,
  verb: 'fix',
  askedAt: '2026-01-01T00:00:00.000Z',
  askingUrl: '',
  asked: '@conductor fix',
};
const status = (...facts: RunFact[]) =>
  statusComment(viewOf(facts.map((fact, index) => event('r0123456789ab', index, fact))), 'conductor');

it.each(['pull_request_opened', '57P01', 'ECONNREFUSED'])('an outcome is told by any code: %s', (code) => {
  const ended: RunFact = { kind: 'run_ended', outcome: outcome('failed', code, 'It broke.', null) };
  expect(outcomeIn(status(STARTED, ended))).toEqual({ state: 'failed', code });
});

it('there is no outcome before the run has ended', () => {
  expect(outcomeIn(status(STARTED))).toBeNull();
});
