import { describe, expect, it } from 'vitest';
import { appLog, jsonLogger } from '../../src/hosts/app-log.ts';
import { serverSettings } from '../../src/hosts/environment.ts';
import { failureFields } from '../../src/hosts/log.ts';
import { createMask } from '../../src/messages/mask.ts';
import { readable } from '../messages/written-secret.ts';

const CANARY = ['ghs', 'Xc5vBn8mQw2eRt6yUi0oPl4kJh7gFd1sAz3'].join('_');
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${'Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv'.repeat(6).replace(/.{64}/g, '$&\n')}\n-----END RSA PRIVATE KEY-----`;
const ENVIRONMENT = { APP_ID: '1', PRIVATE_KEY: PEM, WEBHOOK_SECRET: 'w'.repeat(40) };

/** What is written at a level, by those who write past our own log as well. */
function logAt(LOG_LEVEL: string | undefined) {
  const lines: string[] = [];
  const { logLevel } = serverSettings({ ...ENVIRONMENT, ...(LOG_LEVEL && { LOG_LEVEL }) }, () => '');
  const mask = createMask([CANARY, PEM]);
  const logger = jsonLogger(logLevel, mask, { write: (line: string) => void lines.push(line) });
  return { logger, log: appLog({ log: logger } as never, mask), lines };
}

describe('the App’s logger', () => {
  it('S2-30: LOG_LEVEL warn makes info lines vanish; without it they are there', () => {
    const messagesAt = (level: string | undefined) => {
      const { log, lines } = logAt(level);
      for (const each of ['debug', 'info', 'warn', 'error'] as const) log(each, each, {});
      return lines.map((line) => JSON.parse(line).msg);
    };
    expect(messagesAt('warn')).toEqual(['warn', 'error']);
    expect(messagesAt(undefined)).toEqual(['info', 'warn', 'error']);
    expect(messagesAt('DEBUG')).toEqual(['debug', 'info', 'warn', 'error']);
  });

  it('S2-30: a level that does not exist refuses to start, and names those that do', () => {
    expect(() => logAt('verbose')).toThrow('LOG_LEVEL is no level of the log.');
  });

  it('SEC-3: what libraries write themselves is masked as well: in messages, errors, nested fields and child loggers', () => {
    const { logger, lines } = logAt('trace');
    const error = Object.assign(new Error(`GET https://x:${CANARY}@github.test failed`), {
      request: { headers: { authorization: `token ${CANARY}` } },
      cause: new Error(CANARY),
    });
    logger.error(error);
    logger.warn({ err: error, of: [[CANARY], { key: PEM }] }, `and ${CANARY}`);
    logger.child({ name: CANARY }).info('child %s', CANARY);
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(JSON.parse(line).time).toMatch(/^\d{4}-.*Z$/);
      expect(line).toContain('[secret removed]');
      expect([...readable(CANARY, line), ...readable(PEM.slice(40, 160), line)]).toEqual([]);
    }
  });

  it('S3-34: an error that nobody expected is logged with where it came from; an expected one with its code', () => {
    const bug = failureFields(new TypeError('x is not a function'));
    expect(bug).toMatchObject({ code: 'internal_error', error: 'TypeError: x is not a function' });
    expect(bug.stack).toContain('app-log.test.ts');
    const expected = failureFields(Object.assign(new Error('Away.'), { code: 'github_unavailable' }));
    expect(expected).toEqual({ code: 'github_unavailable', error: 'Error: Away.' });
  });
});
