import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/commands/nearest-name.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { VERBS } from '../../src/commands/verbs.ts';

const parse = (text: string, trigger = 'conductor') => parseCommand(text, { trigger });
const commandOf = (text: string) => parse(text).command;

describe('S1-6: a mention counts in prose, as a token of its own', () => {
  it.each([
    '@conductor fix it',
    '(@conductor) fix it',
    '@Conductor fix it',
    'Hello,\n\n@conductor fix it\n\nThanks',
    'Hello, @conductor, fix it',
    '# @conductor fix it',
    '- first\n- @conductor fix it',
    '1. @conductor fix it',
    '**@conductor** fix it',
    '_@conductor_ fix it',
    '| a | b |\n|---|---|\n| @conductor fix it | c |',
    '> what they said\n\n@conductor fix it',
    '```\ncode\n```\n@conductor fix it',
    'see `code`: @conductor fix it',
    '[a link](https://example.com) @conductor fix it',
    '<details>\n\nlog\n\n</details>\n\n@conductor fix it',
    '<sub>small</sub> @conductor fix it',
    'a Promise<string> @conductor fix it',
    'line one<br>@conductor fix it',
    'mail team@conductor.com or ask @conductor to fix it',
    '@conductor-x is not it, @conductor fix it',
    'a\r\n@conductor fix it\r\n',
    '@conductor[bot] fix it',
  ])('%j is one', (text) => {
    expect(parse(text).triggered).toBe(true);
  });

  it.each([
    '```\n@conductor fix\n```',
    '~~~yaml\n- run: "@conductor fix"\n~~~',
    'text\n\n    @conductor fix',
    '`@conductor fix`',
    '`` ` @conductor fix ``',
    '> @conductor fix',
    '> quoted\n@conductor goes on with the quotation',
    '- item\n\n  > @conductor fix',
    '[@conductor](https://example.com)',
    '[x](https://example.com/@conductor)',
    '[x](https://example.com "@conductor fix")',
    '[see @conductor][r]\n\n[r]: https://example.com',
    '[r]: https://example.com/@conductor',
    '![@conductor](https://example.com/a.png)',
    'https://example.com/?q=a,@conductor',
    '<https://example.com/@conductor>',
    'word[^1]\n\n[^1]: @conductor fix',
    '<!-- @conductor fix -->hello',
    '<!-- unclosed\n@conductor fix',
    '<p hidden>@conductor fix</p>',
    '<details>\n\n@conductor fix\n\n</details>',
    'a <sub>@conductor fix</sub> b',
    '<a title="@conductor fix">x</a>',
    '@conductors fix',
    '@conductor-x fix',
    '@conductor_x fix',
    '@conductor/team fix',
    'x/@conductor fix',
    'team@conductor.com',
    '@conductor.io fix',
    '@@conductor fix',
    '\\@conductor fix',
    '&#64;conductor fix',
    'conductor fix',
    '',
  ])('%j is none', (text) => {
    expect(parse(text)).toMatchObject({ triggered: false, command: null });
  });

  it.each([
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u202e',
    '\u2066',
    '\u00a0',
    '\u0000',
    'é',
    '“',
    '👋',
    '\ufe0f',
  ])('S1-6: a handle touched by %j is none', (character) => {
    expect(parse(`a ${character}@conductor fix`).triggered).toBe(false);
    expect(parse(`@conductor${character}fix`).triggered).toBe(false);
    expect(parse(`@conductor${character} fix`).triggered).toBe(false);
  });

  it.each(['@c\u043enductor fix', '@\uff43onductor fix', '\uff20conductor fix', '@CONDUCTO\u01a6 fix'])(
    'S1-6: %j only looks like the handle',
    (text) => {
      expect(parse(text).triggered).toBe(false);
    },
  );

  it('S1-6: a comment that carries our own marker is ours', () => {
    expect(parse('<!-- conductor:status run=r1 -->\n@conductor fix')).toMatchObject({
      reason: 'own_comment',
    });
  });

  it('S1-6: another trigger word works, with dashes, and is not a pattern', () => {
    expect(parse('@our-bot fix it', 'our-bot').triggered).toBe(true);
    expect(parse('@conductor fix it', 'our-bot').triggered).toBe(false);
    expect(parse('@abot fix it', '.bot').triggered).toBe(false);
  });
});

describe('S1-14: what follows the handle is read as verb, agents, options and text', () => {
  it.each(VERBS.filter((verb) => verb !== 'why'))(
    '`%s` is a verb, in any case, with or without a slash',
    (verb) => {
      const asked = { verb, agents: [], text: 'the total' };
      expect(commandOf(`@conductor ${verb} the total`)).toMatchObject(asked);
      expect(commandOf(`@conductor, /${verb.toUpperCase()} the total`)).toMatchObject(asked);
      expect(commandOf(`@conductor ${verb}!`)).toMatchObject({ verb, text: '' });
    },
  );

  it.each([
    ['@conductor why', 'why', ''],
    ['@conductor why?', 'why', ''],
    ['@conductor why #12', 'why', '#12'],
    ['@conductor why does the build fail?', null, 'why does the build fail?'],
    ['@conductor frobnicate the tests', null, 'frobnicate the tests'],
    ['@conductor add-on support', null, 'add-on support'],
    ['@conductor http://example.com is down', null, 'http://example.com is down'],
    ['@conductor fix: the total', 'fix', 'the total'],
    ['@conductor fix it\n\nIt says:\n\n> 3', 'fix', 'it\n\nIt says:\n\n> 3'],
    ['@conductor', 'help', ''],
    ['@conductor.', 'help', ''],
    ['Could you fix this @conductor', null, 'Could you fix this'],
  ])('%j: verb %j, text %j', (text, verb, rest) => {
    expect(commandOf(text)).toMatchObject({ verb, text: rest, agents: [] });
  });

  it.each([
    ['@conductor reviewer: is this safe?', ['reviewer']],
    ['@conductor Reviewer, security : is this safe?', ['reviewer', 'security']],
    ['@conductor all: is this safe?', ['all']],
    ['@conductor everyone: is this safe?', ['all']],
    ['@conductor a, b, a: is this safe?', ['a', 'b']],
  ])('%j goes to %j', (text, agents) => {
    expect(commandOf(text)).toMatchObject({ verb: null, agents, text: 'is this safe?' });
  });

  it.each([
    ['@conductor fix it --model=gpt --max-turns=3.', { model: 'gpt', max_turns: '3' }, 'it'],
    ['@conductor fix it --model="a b" now', { model: 'a b' }, 'it now'],
    ['@conductor --model=gpt fix it', { model: 'gpt' }, 'it'],
    ['@conductor fix what `--flag=x` does', {}, 'what `--flag=x` does'],
    ['@conductor fix it\n\n--model=gpt', {}, 'it\n\n--model=gpt'],
  ])('%j: options %j, text %j', (text, options, rest) => {
    const command = commandOf(text);
    expect(command?.options).toEqual(options);
    expect(command?.text.replace(/ +/g, ' ')).toBe(rest);
  });

  it.each([
    ['@conductor fix it, spend up to $5', '5'],
    ['@conductor fix it with a budget of $2.50', '2.50'],
    ['@conductor fix it and spend no more than 5 dollars', '5'],
    ['@conductor fix it, spend up to $5 --max_cost_usd=2', '2'],
    ['@conductor fix the discount of up to $5', undefined],
    ['@conductor fix the price, it is 5 dollars', undefined],
  ])('a budget in words: %j gives %j', (text, amount) => {
    expect(commandOf(text)?.options.max_cost_usd).toBe(amount);
  });

  it('S1-14: an unknown /verb is named, so that it can be answered', () => {
    expect(parse('@conductor /frobnicate the tests')).toMatchObject({
      unknownVerb: 'frobnicate',
      command: { verb: null },
    });
    expect(parse('@conductor frobnicate the tests')).toMatchObject({ unknownVerb: null });
  });

  it('S1-14: names of objects’ own members are plain options', () => {
    const options = commandOf('@conductor fix it --constructor=x')?.options ?? {};
    expect(Object.getPrototypeOf(options)).toBe(Object.prototype);
    expect(Object.keys(options)).toEqual(['constructor']);
  });
});

describe('S1-6: whatever the text, an answer comes', () => {
  const pieces = fc.constantFrom(
    ...[
      '@conductor',
      ' ',
      '\n',
      '\n\n',
      '`',
      '```',
      '> ',
      '- ',
      '1. ',
      '[',
      ']',
      '(x)',
      '[^1]',
      '<',
      '</b>',
      '<b>',
      '<!--',
      '-->',
    ],
    ...[
      '|',
      '|-|',
      '&amp;',
      '\\',
      '*',
      '_',
      '~~',
      'fix',
      'why',
      'a:',
      'https://',
      '--a=b',
      '"',
      '$5',
      '\u200b',
      '\ud800',
      '\0',
    ],
  );

  it('never throws, and what is triggered has a command', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }),
        fc.string({ maxLength: 40, unit: 'binary' }),
        (parts, noise) => {
          const parsed = parse(`${parts.join('')}${noise} @conductor ${parts.join(' ')}`);
          expect(parsed.triggered).toBe(parsed.command !== null);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what stands in a fence never commands', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const inside = parts.join('').replaceAll('`', '');
        expect(parse(`\`\`\`\`\n${inside}\n@conductor fix\n\`\`\`\``).triggered).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  const hostile = [
    '> ',
    '- ',
    '1. ',
    '> - ',
    '[',
    ']',
    '[a](',
    '![',
    '*a',
    '~~a',
    '<!--',
    '<?',
    '<a ',
    '`',
    '| ',
    '&',
    '@',
    '@conductor ',
    '\n',
  ];

  it.each(hostile)('65,536 characters of %j take less than three seconds', (unit) => {
    const text = `@conductor fix ${unit.repeat(65_536 / unit.length)}`;
    const start = performance.now();
    parse(text);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('a text over GitHub’s limit is cut, not refused', () => {
    const command = commandOf(`@conductor fix ${'word '.repeat(20_000)}`);
    expect(command?.verb).toBe('fix');
    expect(command?.text.length).toBeLessThanOrEqual(65_536);
  });
});

describe('S1-14: the nearest name is suggested when one is near', () => {
  it.each([
    ['reviwer', 'reviewer'],
    ['reveiwer', 'reviewer'],
    ['Coder', 'coder'],
    ['security', null],
    ['', null],
  ])('%j: %j', (asked, nearest) => {
    expect(nearestName(asked, ['coder', 'reviewer'])).toBe(nearest);
  });
});
