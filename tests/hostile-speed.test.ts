import { describe, expect, it } from 'vitest';
import { parseCommand } from '../src/commands/parse-command.ts';
import { harmlessMarkdown } from '../src/messages/way-out.ts';

const LENGTH = 65_000;
const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);

/** Each made a Markdown library work for seconds to minutes before its blocks and insides were read apart. */
const HOSTILE: Readonly<Record<string, string>> = {
  brackets: fill('['),
  'link starts': fill('[a]('),
  'image starts': fill('!['),
  stars: fill('**a'),
  'stars and lines': fill('*_'),
  'lines and tildes': fill('_~'),
  'less than': fill('<'),
  'tag starts': fill('<a '),
  'comment starts': fill('<!--'),
  backticks: fill('`'),
  'backtick runs': Array.from({ length: 350 }, (_, index) => `${'`'.repeat(index)} a`).join(''),
  backslashes: fill('\\'),
  'escaped backticks': fill('\\`'),
  entities: fill('[&a;'),
  'footnote calls': fill('[^-&'),
  'footnote definitions': fill('[^a]: '),
  'bare links': fill('www._'),
  addresses: fill('a@conductor.'),
  mentions: fill('@conductor '),
  quotations: fill('> '),
  lists: fill('- '),
  'lists on lines': fill('- - a\n'),
  'nested lists': fill('- a\n  - b\n    - c\n'),
  'quoted lists': fill('> - a\n'),
  tables: fill('|a\n|-\n|b\n\n'),
  'wide tables': `${fill('| ').slice(0, 30_000)}\n${fill('|-').slice(0, 30_000)}\n`,
  definitions: fill('[a]: b\n'),
  tags: fill('<b>'),
  lines: fill('\n'),
};

describe('hostile Markdown', () => {
  it.each(Object.entries(HOSTILE))(
    '%s: 65,000 characters are read as a comment, and made safe, in seconds at most',
    (_name, text) => {
      const started = performance.now();
      parseCommand(`${text}\n\n@conductor fix`, { trigger: 'conductor' });
      parseCommand(`@conductor ${text}`, { trigger: 'conductor' });
      harmlessMarkdown(text);
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );
});
