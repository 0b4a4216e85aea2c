import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../../src/changes/file-change.ts';
import { syntaxProblem, syntaxProblems } from '../../../src/changes/syntax/syntax-problems.ts';

/** What is said of a new file, or of one that had another text. */
async function saidOf(path: string, after: string, before: string | null = null, from: string | null = null) {
  return (await syntaxProblem(fileChange(path, after, before, from)))?.message ?? null;
}

function fileChange(path: string, after: string, before: string | null, from: string | null): FileChange {
  const op = from !== null ? 'rename' : before === null ? 'create' : 'modify';
  const modeBefore = before === null ? null : '100644';
  return { op, path, from, before, after, modeBefore, mode: '100644' };
}

describe('S0-23: a file that would not parse', () => {
  it.each([
    [
      'a.json',
      '{\n  "a": 1,\n}\n',
      '"a.json" is not valid JSON at 3:1: a key in double quotes is expected here.',
    ],
    ['a.json', '', '"a.json" is not valid JSON at 1:1: the text ends, and a value is expected here.'],
    [
      'tsconfig.json',
      '{ // why\n "a": 1 "b" }',
      '"tsconfig.json" is not valid JSON at 2:9: a comma or the closing bracket is expected here.',
    ],
    [
      'a.yml',
      'on:\n  push:\n branches: [x]\n',
      '"a.yml" is not valid YAML at 2:8: All mapping items must start at the same column.',
    ],
    [
      'a.yaml',
      'a: 1\n---\nb: [1, 2\n',
      '"a.yaml" is not valid YAML at 4:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['a.yml', 'a:\n\t- b\n', '"a.yml" is not valid YAML at 2:1: Tabs are not allowed as indentation.'],
    ['Cargo.toml', '[a]\nb = \n', '"Cargo.toml" is not valid TOML at 2:5: invalid value.'],
    [
      'a.toml',
      'a = 1\na = 2\n',
      '"a.toml" is not valid TOML at 2:1: trying to redefine an already defined table or value.',
    ],
    ['a.js', 'function f() {\n  return 1;\n', '"a.js" is not valid JavaScript at 3:1: Unexpected token.'],
    ['a.js', 'const a: number = 1;\n', '"a.js" is not valid JavaScript at 1:8: Unexpected token.'],
    ['a.mjs', 'const a = 1 const b = 2;\n', '"a.mjs" is not valid JavaScript at 1:12: Missing semicolon.'],
    [
      'a.cjs',
      'let a = 1;\nlet a = 2;\n',
      '"a.cjs" is not valid JavaScript at 2:5: Identifier \'a\' has already been declared.',
    ],
    [
      'a.js',
      'import b from "b";\nfunction a() {}\nfunction a() {}\n',
      '"a.js" is not valid JavaScript at 3:10: Identifier \'a\' has already been declared.',
    ],
    [
      'a.jsx',
      'const a = <b><c></b>;\n',
      '"a.jsx" is not valid JavaScript at 1:21: Unterminated JSX contents.',
    ],
    ['a.ts', 'interface A {\n  b: string\n', '"a.ts" is not valid TypeScript at 3:1: Unexpected token.'],
    [
      'a.ts',
      '<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> x\n',
      '"a.ts" is not valid TypeScript at 1:1: Unexpected token.',
    ],
    [
      'a.tsx',
      'export const A = () => <p>{a b}</p>;\n',
      '"a.tsx" is not valid TypeScript at 1:30: Unexpected token, expected "}".',
    ],
    ['a.d.ts', 'export declare const a: ;\n', '"a.d.ts" is not valid TypeScript at 1:25: Unexpected token.'],
  ])('%s with %j is told with its line and column', async (path, text, message) => {
    expect(await saidOf(path, text)).toBe(message);
  });
});

describe('S0-23: a file is left alone', () => {
  it.each([
    ['strict JSON', 'a.json', '\ufeff{"a": [1, -0.5e3, "\\u00e9", null]}\n'],
    [
      'comments and last commas where the tool allows them',
      'tsconfig.build.json',
      '{\n  // why\n  "a": [1,],\n}\n',
    ],
    ['the same in an editor’s folder', '.vscode/settings.json', '/* a */ { "a": 1, }'],
    ['the same in JSON with comments', 'a.jsonc', '{ "a": 1, } // end'],
    ['JSON5', 'a.json5', "{ a: 'b', }"],
    ['several documents', 'a.yml', '%YAML 1.2\n---\na: 1\n...\n---\nb: 2\n'],
    [
      'tags of CloudFormation',
      'a.yml',
      'a: !Ref B\nc: !Sub [x, {y: !GetAtt A.B}]\nd: !If [a, b, !Ref "AWS::NoValue"]\n',
    ],
    [
      'tags of Home Assistant and others',
      'a.yaml',
      'a: !include b.yaml\nc: !secret d\ne: !!python/name:f.g\nh: !reference [i, j]\n',
    ],
    [
      'expressions of GitHub Actions',
      '.github/workflows/ci.yml',
      'on: [push]\njobs:\n  a:\n    if: $\x7b{ always() }}\n    runs-on: $\x7b{ matrix.os }}\n',
    ],
    ['an empty YAML file', 'a.yml', ''],
    ['an anchor that is not there, which is no matter of form', 'a.yml', 'a: *b\n'],
    [
      'a Helm template',
      'chart/deployment.yaml',
      'metadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\nspec: {}\n',
    ],
    ['a Jinja template', 'a.json', '{\n{% if a %}\n"b": {{ c }}\n{% endif %}\n}'],
    ['a test’s broken input', 'tests/fixtures/broken.json', '{ "a": '],
    [
      'TOML with tables and dates',
      'a.toml',
      'a.b = 1979-05-27T07:32:00Z\n[[c]]\nd = """\nx"""\n[c.e]\nf = { g = [1, 2,] }\n',
    ],
    ['an integer of 64 bits', 'a.toml', 'a = 9223372036854775807\n'],
    ['two functions of one name in a script', 'a.js', 'function a() {}\nfunction a() {}\nvar a;\n'],
    ['the same in CommonJS', 'a.cjs', 'function a() {}\nvar a = require("a");\n'],
    ['a script', 'a.js', '#!/usr/bin/env node\nvar a = 010; with (a) { b }\nreturn\n'],
    ['a module', 'a.js', 'import a from "b" with { type: "json" };\nexport { c };\nawait a?.b ?? c;\n'],
    ['CommonJS', 'a.cjs', 'const await = 1; module.exports = { await };\nif (1) function f() {}\n'],
    ['JSX in .js', 'a.js', 'export const A = () => <><B c={{ d: 1 }} {...e}>f &amp; g</B></>;\n'],
    ['Flow', 'a.js', '// @flow\nexport const a: number = (b: any);\n'],
    ['proposed syntax', 'a.js', 'const a = b |> c(%);\n'],
    [
      'types',
      'a.ts',
      'const a = <T,>(b: T) => b as unknown satisfies U;\nlet c = <any>d;\ndeclare module "x";\nexport = c;\nimport e = require("f");\n',
    ],
    [
      'declarations that merge',
      'a.ts',
      'class A {}\ninterface A {}\nnamespace A { export const b = 1 }\nfunction f(): void;\nfunction f(a?: string) {}\ntype B = 1; const B = 2;\nenum C { a }\nenum C { b = 1 }\n',
    ],
    [
      'decorators of old',
      'a.ts',
      '@A()\nexport class B { constructor(@C() private readonly d: E) {} @F() g!: string; }\n',
    ],
    ['decorators of now', 'a.ts', 'export @a class B { @c accessor d = 1; }\n'],
    ['generic arrows in TSX', 'a.tsx', 'export const f = <T,>(a: T) => <B<T> c={a} />;\n'],
    [
      'a declaration file',
      'a.d.ts',
      'export declare const a: number;\ndeclare global { interface Window { b: string } }\nexport as namespace c;\n',
    ],
    ['a translation of Qt’s', 'a.ts', '<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS></TS>\n'],
    ['what no parser here reads', 'a.vue', '<template><p></template>'],
    ['Python', 'a.py', 'def f(:\n'],
    ['a name without an extension', 'Makefile', '{{{'],
  ])('%s: %s', async (_what, path, text) => {
    expect(await saidOf(path, text)).toBeNull();
  });

  it.each([
    'pyrightconfig.json',
    'web/babel.config.json',
    '.mocharc.json',
    'wrangler.json',
    'packages/tsconfig/base.json',
  ])('JSON with comments: %s', async (path) => {
    expect(await saidOf(path, '{ "a": 1, } // why\n')).toBeNull();
    expect(await saidOf(`my-${path.split('/').at(-1)}`, '{ "a": 1, } // why\n')).not.toBeNull();
  });

  it('when it did not parse before either, under whatever name', async () => {
    expect(await saidOf('a.json', '{ "a": 2, }', '{ "a": 1, }')).toBeNull();
    expect(await saidOf('b.json', '{ "a": 2, }', '{ "a": 1, }', 'a.json')).toBeNull();
    expect(await saidOf('a.json', '{ "a": 2, }', '{ "a": 1 }')).not.toBeNull();
    expect(await saidOf('a.json', '{ "a": 1, }', '{ "a": 1, }', 'a.json5')).not.toBeNull();
  });

  it('when it is deleted', async () => {
    const file = { ...fileChange('a.json', '', '{}', null), op: 'delete', after: null, mode: null } as const;
    expect(await syntaxProblem(file)).toBeNull();
  });
});

describe('what is said of a broken file', () => {
  it('is short and shows no control character, whatever its path and text are', async () => {
    const name = `${'x'.repeat(300)}\u202e\u001b[31m.ts`;
    const said = await saidOf(name, `let ${'a'.repeat(5_000)};\nlet ${'a'.repeat(5_000)};\n`);
    expect(said).toMatch(/^"x{120}…" is not valid TypeScript at 2:5: Identifier 'a+…\.$/);
    expect(said?.length).toBeLessThan(300);
    expect(await saidOf('a.yml', 'a: !<\u001b[31m\u0007@x> [\n')).not.toMatch(/\p{C}/u);
  });

  it('is at most five of many', async () => {
    const files = Array.from({ length: 9 }, (_, at) => fileChange(`${at}.json`, '{', null, null));
    expect(await syntaxProblems(files)).toHaveLength(5);
  });
});
