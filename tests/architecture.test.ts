import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycles } from './architecture/find-cycles.ts';
import { scanSource } from './architecture/scan-source.ts';
import {
  breachesOf,
  FIND_PROGRAMS,
  importsBetween,
  isTooLong,
  LONGEST_FILE,
  liesInABag,
  roomOf,
  WALLS,
} from './architecture/walls.ts';

const SRC = join(import.meta.dirname, '../src');
const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
  .map((path) => path.split(sep).join('/'))
  .sort();
const sources = paths.map((path) => scanSource(path, readFileSync(join(SRC, path), 'utf8')));

describe('walls', () => {
  for (const [room, wall] of Object.entries(WALLS)) {
    it(`walls: ${room} ${wall.title}`, () => {
      expect(sources.filter(({ path }) => roomOf(path) === room).flatMap(breachesOf)).toEqual([]);
    });
  }

  it('walls: every folder of src is a room with a row, and only entry points lie outside', () => {
    expect(sources.filter(({ path }) => WALLS[roomOf(path)] === undefined).flatMap(breachesOf)).toEqual([]);
  });

  it('walls: who starts git reads PATH, once, and nothing else of the environment', () => {
    for (const path of FIND_PROGRAMS) {
      expect(readFileSync(join(SRC, path), 'utf8').match(/process\.env\S*/g), path).toEqual([
        'process.env.PATH',
      ]);
    }
  });

  it('walls: no folder is a bag', () => {
    expect(paths.filter(liesInABag)).toEqual([]);
  });

  it(`walls: no file of src is over ${LONGEST_FILE} lines`, () => {
    expect(sources.filter(isTooLong).map(({ path, lineCount }) => `${path}: ${lineCount} lines`)).toEqual([]);
  });

  it('walls: no two files import each other, however far around', () => {
    expect(findCycles(importsBetween(sources))).toEqual([]);
  });
});

describe('the checker', () => {
  const breaches = (path: string, text: string) => breachesOf(scanSource(path, text));

  it.each([
    ['policy/rules/a.ts', "import { Octokit } from '@octokit/rest';", 'policy may not import @octokit/rest'],
    ['policy/a.ts', "import type { Run } from '../runs/run.ts';", 'policy may not import runs/run.ts'],
    [
      'policy/a.ts',
      "import {\n  readFile,\n  // why\n  writeFile,\n} from 'node:fs/promises';",
      'node:fs/promises',
    ],
    ['policy/a.ts', "import fs from 'fs';", 'policy may not import node:fs'],
    ['policy/a.ts', 'const now = Date.now();', 'policy may not use the clock'],
    ['policy/a.ts', 'const now = new Date();', 'policy may not use the clock'],
    ['policy/a.ts', 'const now = new Date;', 'policy may not use the clock'],
    ['policy/a.ts', `const text = \`\${\`\${Date.now()}\`}\`;`, 'policy may not use the clock'],
    ['changes/a.ts', "import { randomUUID } from 'node:crypto';", 'changes may not use randomness'],
    ['runs/a.ts', 'const id = Math.random();', 'runs may not use randomness'],
    ['runs/a.ts', "export { say } from '../messages/say.ts';", 'runs may not import messages/say.ts'],
    ['runs/a.ts', "export * from '../github/publish.ts';", 'runs may not import github/publish.ts'],
    ['runs/a.ts', "import '../hosts/app.ts';", 'runs may not import hosts/app.ts'],
    ['runs/a.ts', "const sdk = await import('openai');", 'runs may not import openai'],
    ['runs/a.ts', 'const x = await import(name);', 'hides what it imports'],
    ['runs/a.ts', 'const require = createRequire(import.meta.url);', 'hides what it imports'],
    [
      'runs/a.ts',
      "type X = import('../agents/models/scripted.ts').Script;",
      'may not import agents/models/scripted.ts',
    ],
    ['commands/a.ts', "import x from '../changes/x.ts';", 'commands may not import changes/x.ts'],
    ['commands/a.ts', "const page = await fetch('https://example.com');", 'commands may not use the network'],
    [
      'handlers/a.ts',
      "import { Webhooks } from '@octokit/webhooks';",
      'handlers may import only types of @octokit/webhooks',
    ],
    ['handlers/a.ts', "import { type EventPayload } from '@octokit/webhooks';", 'only types of'],
    [
      'messages/a.ts',
      "import type { Reader } from '../runs/ports.ts';",
      'messages may not import runs/ports.ts',
    ],
    [
      'messages/a.ts',
      "import type { Model } from '../agents/model.ts';",
      'messages may not import agents/model.ts',
    ],
    ['agents/a.ts', "import { policy } from '../policy/judge.ts';", 'agents may not import policy/judge.ts'],
    [
      'agents/a.ts',
      "import { scripted } from './models/scripted.ts';",
      'may not import agents/models/scripted.ts',
    ],
    ['agents/models/openai-chat.ts', "import './openai-responses.ts';", 'an adapter knows no other adapter'],
    [
      'agents/models/openai-chat.ts',
      "import type A from '@anthropic-ai/sdk';",
      'may not import @anthropic-ai/sdk',
    ],
    ['agents/models/openai-chat.ts', "import OpenAI from 'openai';", 'loads openai before it is needed'],
    ['changes/a.ts', "import { parse } from '@babel/parser';", 'loads @babel/parser before it is needed'],
    ['agents/models/failure.ts', "import type OpenAI from 'openai';", 'may not import openai'],
    [
      'agents/models/a.ts',
      "import { runAgent } from '../run-agent.ts';",
      'may not import agents/run-agent.ts',
    ],
    ['github/a.ts', "import { Probot } from 'probot';", 'github may not import probot'],
    ['github/a.ts', "import x from '../handlers/x.ts';", 'github may not import handlers/x.ts'],
    ['github/a.ts', 'const home = process.env.HOME;', 'github may not use the environment'],
    ['github/a.ts', "const home = process['env']['HOME'];", 'github may not use the environment'],
    ['github/a.ts', 'const { env } = process;', 'github may not use the environment'],
    ['github/a.ts', "import { env } from 'node:process';", 'github may not use the environment'],
    [
      'simulator/a.ts',
      "import { VERBS } from '../commands/verbs.ts';",
      'simulator may not import commands/verbs.ts',
    ],
    ['web/a.ts', "import { serve } from '../hosts/serve.ts';", 'web may not import hosts/serve.ts'],
    ['hosts/a.ts', "import '../cli/main.ts';", 'hosts may not import cli/main.ts'],
    ['cli/doctor.ts', 'const port = process.env.PORT;', 'cli may not use the environment'],
    ['hosts/a.ts', "import x from '../../tests/x.ts';", 'leaves src'],
    ['kitchen/a.ts', '', 'kitchen is no room'],
    ['loose.ts', '', 'loose.ts is no room'],
  ])('in %s refuses %j', (path, text, breach) => {
    expect(breaches(path, text).join('\n')).toContain(breach);
  });

  it.each([
    ['policy/a.ts', "// import fs from 'node:fs';\n/* Date.now() */\nconst at = new Date(0);"],
    ['policy/a.ts', "const text = 'import x from \"node:fs\"'; const more = `import('openai') Date.now()`;"],
    ['policy/a.ts', 'const quote = /[\'"`]/; const half = 4 / 2; const date: Date = new Date(text);'],
    ['policy/a.ts', "import type { FileChange } from '../changes/file-change.ts';\nimport { z } from 'zod';"],
    ['policy/rules/a.ts', "import { minimatch } from 'minimatch';\nimport type { Rule } from '../rule.ts';"],
    ['handlers/a.ts', "import type { EventPayloadMap } from '@octokit/webhooks';"],
    [
      'agents/models/openai-chat.ts',
      "import type OpenAI from 'openai';\nconst { default: Sdk } = await import('openai');",
    ],
    [
      'agents/models/openai-chat.ts',
      "import { failureFrom } from './failure.ts';\nimport type { Model } from '../model.ts';",
    ],
    ['messages/a.ts', "import { viewOf } from '../runs/run-view.ts';"],
    ['runs/a.ts', 'interface Source {\n  fetch(ref: string): Promise<string>;\n}\nsource.fetch(ref);'],
    ['hosts/a.ts', 'const port = process.env.PORT;'],
    ['cli/main.ts', "const port = process.env.PORT;\nimport { serve } from '../hosts/serve.ts';"],
    ['app.ts', "import { app } from './hosts/app.ts';\nconst port = process.env.PORT;"],
    ['runs/a.ts', 'const at = clock.now(); const of = process(step); const p = data.process;'],
  ])('in %s allows %j', (path, text) => {
    expect(breaches(path, text)).toEqual([]);
  });

  it('sees a circle of any length, and no circle where there is none', () => {
    const files = (...texts: [string, string][]) => texts.map(([path, text]) => scanSource(path, text));
    const circle = files(
      ['runs/a.ts', "import { b } from './b.ts';"],
      ['runs/b.ts', "import type { C } from './deep/c.ts';"],
      ['runs/deep/c.ts', "export { a } from '../a.ts';"],
      ['runs/d.ts', "import { a } from './a.ts';"],
    );
    expect(findCycles(importsBetween(circle))).toEqual([['runs/a.ts', 'runs/b.ts', 'runs/deep/c.ts']]);
    expect(findCycles(importsBetween(circle.slice(0, 2)))).toEqual([]);
  });

  it('sees bags and long files', () => {
    expect(liesInABag('runs/utils/a.ts')).toBe(true);
    expect(liesInABag('runs/utils.ts')).toBe(false);
    expect(isTooLong(scanSource('runs/a.ts', 'x\n'.repeat(LONGEST_FILE + 1)))).toBe(true);
    expect(isTooLong(scanSource('runs/a.ts', 'x\n'.repeat(LONGEST_FILE)))).toBe(false);
  });
});
