import { describe, expect, it } from 'vitest';
import { type Asker, NO_CIRCUMSTANCES } from '../../src/policy/facts.ts';
import { judge } from '../../src/policy/judge.ts';
import type { PolicySection } from '../../src/policy/settings.ts';
import { create, rename } from '../changes/build.ts';
import { factsOf, open, saidBy } from './build.ts';

const LEVELS: readonly Asker['permission'][] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

describe('permissions', () => {
  const ask: PolicySection['ask'] = [
    { paths: ['src/billing/**'], permission: 'maintain', otherwise: 'review' },
    { paths: ['infra'], permission: 'admin', otherwise: 'block' },
  ];

  async function said(path: string, permission: Asker['permission']) {
    const facts = await factsOf([create(path)], {}, { asker: { login: 'mona', permission } });
    return judge(facts, open({ ask }));
  }

  it('S0-7: a change asked for with less than a place needs is held or blocked, also where that is not known', async () => {
    const verdicts = async (path: string) =>
      Promise.all(LEVELS.map(async (level) => (await said(path, level)).verdict));
    expect(await verdicts('SRC/billing/tax.ts')).toEqual([
      'review',
      'review',
      'review',
      'review',
      'auto',
      'auto',
    ]);
    expect(await verdicts('infra/main.tf')).toEqual(['block', 'block', 'block', 'block', 'block', 'auto']);
    expect(await verdicts('src/a.ts')).toEqual(Array.from(LEVELS, () => 'auto'));
  });

  it('says who asked and what is needed, and asks for the yes of somebody who has it', async () => {
    const verdict = await said('src/billing/tax.ts', 'triage');
    expect(saidBy(verdict, 'permissions').reasons).toMatchObject([
      { path: 'src/billing/tax.ts', message: expect.stringContaining('"mona" has triage') },
    ]);
    expect(verdict.approvals).toContainEqual({
      rule: 'permissions',
      required: 1,
      from: ['permission:maintain'],
      paths: ['src/billing/tax.ts'],
    });
  });

  it('a rename is asked for at both ends', async () => {
    const facts = await factsOf([rename('infra/a', 'b')], { 'infra/a': 'x\n' });
    expect(judge(facts, open({ ask })).verdict).toBe('block');
  });
});

describe('when-allowed', () => {
  async function verdictAt(at: string, when: object, labels: readonly string[] = []) {
    const facts = await factsOf([create('a')], {}, { circumstances: { ...NO_CIRCUMSTANCES, at, labels } });
    return judge(facts, open({ when_allowed: when })).verdict;
  }
  const MONDAY_NOON = '2026-11-16T12:00:00.000Z';

  it('one of the labels has to be there, in any case', async () => {
    const when = { labels: ['agents welcome', 'docs'] };
    expect(await verdictAt(MONDAY_NOON, when)).toBe('block');
    expect(await verdictAt(MONDAY_NOON, when, ['bug'])).toBe('block');
    expect(await verdictAt(MONDAY_NOON, when, ['bug', 'Docs'])).toBe('auto');
  });

  it.each([
    [{ days: ['mon', 'tue'] }, MONDAY_NOON, 'auto'],
    [{ days: ['tue'] }, MONDAY_NOON, 'block'],
    [{ days: ['tue'], time_zone: 'Pacific/Auckland' }, MONDAY_NOON, 'auto'],
    [{ hours: '09:00-17:00' }, '2026-11-16T09:00:00.000Z', 'auto'],
    [{ hours: '09:00-17:00' }, '2026-11-16T08:59:59.999Z', 'block'],
    [{ hours: '09:00-17:00' }, '2026-11-16T17:00:00.000Z', 'block'],
    [{ hours: '22:00-06:00' }, '2026-11-16T23:00:00.000Z', 'auto'],
    [{ hours: '22:00-06:00' }, '2026-11-16T05:59:00.000Z', 'auto'],
    [{ hours: '22:00-06:00' }, MONDAY_NOON, 'block'],
    [{ hours: '00:00-24:00' }, '2026-11-16T23:59:59.999Z', 'auto'],
    [{ hours: '00:00-24:00' }, '2026-11-16T00:00:00.000Z', 'auto'],
    // Berlin is an hour ahead of UTC in winter, two in summer.
    [{ hours: '09:00-17:00', time_zone: 'Europe/Berlin' }, '2026-11-16T08:00:00.000Z', 'auto'],
    [{ hours: '09:00-17:00', time_zone: 'Europe/Berlin' }, '2026-07-13T07:00:00.000Z', 'auto'],
    [{ hours: '09:00-17:00', time_zone: 'Europe/Berlin' }, '2026-07-13T15:00:00.000Z', 'block'],
  ])('%j at %s: %s', async (when, at, expected) => {
    expect(await verdictAt(at, when)).toBe(expected);
  });

  it('a moment that is none is never within', async () => {
    expect(await verdictAt('soon', { hours: '00:00-24:00' })).toBe('block');
  });
});
