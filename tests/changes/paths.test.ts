import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath } from '../../src/changes/canonical-path.ts';
import { pathProblem, shownPath } from '../../src/changes/paths.ts';
import { type Adversarial, sharedData } from './shared-data.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');
const code = (path: string) => pathProblem(path)?.code ?? 'plain';

describe('pathProblem', () => {
  it.each([
    'src/a.ts',
    'docs/..hidden.md',
    'docs/...hidden',
    'weird name.txt',
    'ünïcode.md',
    'u\u0308n.md',
    '日本/語.md',
    '.gitignore',
    '.gitattributes',
    '.github/workflows/ci.yml',
    '.gitx/a',
    'git/config',
    'a.git/config',
    'agit~1',
    'x/.git-keep',
    '[id].tsx',
    "it's (fine) & $so+on=@,;#!.md",
    '~lock',
    'a~1.txt',
    'con-tact.md',
    'console.log',
    'auxiliary.c',
    'com.md',
    'com10',
    '100%.md',
    'a%20b.md',
    'api%2Fusers.json',
    '-rf',
    '--force',
    '👩‍💻.md',
  ])('%s is a plain path', (path) => {
    expect(code(path)).toBe('plain');
  });

  it.each([
    ['', 'path_empty'],
    ['/etc/passwd', 'path_not_relative'],
    ['//server/share', 'path_not_relative'],
    ['\\\\server\\share', 'path_not_relative'],
    ['C:\\Windows', 'path_not_relative'],
    ['c:x', 'path_not_relative'],
    ['~/.ssh/authorized_keys', 'path_not_relative'],
    ['~root/x', 'path_not_relative'],
    ['~', 'path_not_relative'],
    ['../x', 'path_not_plain'],
    ['a/../../x', 'path_not_plain'],
    ['a/..', 'path_not_plain'],
    ['..', 'path_not_plain'],
    ['.', 'path_not_plain'],
    ['./a', 'path_not_plain'],
    ['a/.', 'path_not_plain'],
    ['a//b', 'path_not_plain'],
    ['a/', 'path_not_plain'],
    ['/', 'path_not_relative'],
    ['..\\x', 'path_not_plain'],
    ['a\\b', 'path_not_plain'],
    ['a/.../b', 'path_windows'],
    ['a/.. /b', 'path_windows'],
    ['a. ', 'path_windows'],
    ['a /b', 'path_windows'],
    ['a.txt:stream', 'path_windows'],
    ['ab::$DATA', 'path_windows'],
    ['con', 'path_windows'],
    ['a/NUL.txt', 'path_windows'],
    ['aux .c', 'path_windows'],
    ['COM1', 'path_windows'],
    ['lpt¹.x', 'path_windows'],
    ['CONIN$', 'path_windows'],
    ['a\0b', 'path_control_character'],
    ['a\nb', 'path_control_character'],
    ['a\x7f', 'path_control_character'],
    ['a\u0085', 'path_control_character'],
    ['a\u202egnp.exe', 'path_misleading'],
    ['a\u2066b', 'path_misleading'],
    ['a\u{e0041}', 'path_misleading'],
    ['a\u2028b', 'path_misleading'],
    ['a\ud800', 'path_not_unicode'],
    ['\udc00/a', 'path_not_unicode'],
    ['a/\u200c/b', 'path_misleading'],
    ['a/ /b', 'path_misleading'],
    ['..\u200c/x', 'path_not_plain'],
    ['nul\u2060.txt', 'path_windows'],
    ['a'.repeat(256), 'path_too_long'],
    ['é'.repeat(128), 'path_too_long'],
    ['a/'.repeat(2_048).concat('b'), 'path_too_long'],
    ['%2e%2e/x', 'path_encoded'],
    ['..%2fx', 'path_encoded'],
    ['a/%252e%252e/%252e%252e/x', 'path_encoded'],
    ['%2Egit/config', 'path_encoded'],
    ['a%00.md', 'path_encoded'],
  ])('%j is refused', (path, expected) => {
    expect(code(path)).toBe(expected);
  });

  it.each([
    '.git',
    '.git/config',
    'a/.git/hooks/post-checkout',
    '.GIT/config',
    '.Git',
    'sub/.gIt/x',
    'git~1/config',
    'GIT~1',
    'a/git~2',
    '.git.',
    '.git ',
    '.git . .',
    '.git:x',
    '.git::$INDEX_ALLOCATION/config',
    'git~1::$INDEX_ALLOCATION',
    '.git\\config',
    'a\\.git\\config',
    '.g\u200cit/config',
    '\u200c.Git/x',
    '.GiT\u200c/x',
    '.\u202egit',
    '.gi\u206at',
    '.git\ufeff/x',
    '.g\u{131}t/x',
  ])('S0-30: %j names the git folder on some file system', (path) => {
    expect(code(path)).toBe('path_names_git');
  });

  it('S0-30: refuses every code point that HFS+ ignores, wherever it stands in .git', () => {
    const ignored = [0x200c, 0x200d, 0x200e, 0x200f, 0xfeff];
    for (let point = 0x202a; point <= 0x202e; point += 1) ignored.push(point);
    for (let point = 0x206a; point <= 0x206f; point += 1) ignored.push(point);
    for (const point of ignored) {
      for (let at = 0; at <= 4; at += 1) {
        const name = `.git`.slice(0, at) + String.fromCodePoint(point) + '.git'.slice(at);
        expect(code(`${name}/config`), JSON.stringify(name)).toBe('path_names_git');
      }
    }
  });

  it('shows a path so that nothing in it is hidden', () => {
    expect(shownPath('a\u202eb\u200c\n\ud800')).toBe('"a\\u{202e}b\\u{200c}\\u{a}\ufffd"');
    expect(shownPath('x'.repeat(500)).length).toBeLessThan(130);
  });

  it.skipIf(adversarial === null)('S0-30: hostile paths are refused or seen as what they name', () => {
    for (const { path, verdict } of adversarial!.paths) {
      if (verdict === 'deny') expect(pathProblem(path), path).not.toBeNull();
      else if (verdict === 'allow') expect(pathProblem(path), path).toBeNull();
      else expect(canonicalPath(path), path).toMatch(/^\.github\/workflows\/\w+\.ya?ml$/);
    }
  });
});

describe('canonicalPath', () => {
  it.each([
    '.GitHub/Workflows/ci.yml',
    '.github/workflows/../workflows/ci.yml',
    '.github\\workflows\\ci.yml',
    './.github//workflows/ci.YML',
    '.github./workflows /ci.yml',
    '.github/work\u200cflows/ci.yml',
    '.github/workflow\u017f/ci.yml',
    '.gith\u200dub/WORKFLOWS/ci.yml::$DATA',
    'GITHUB~1/WORKFL~1/ci.yml',
    '.github%2fworkflows%2Fci.yml',
    '/.github/workflows/ci.yml',
    '../.github/workflows/ci.yml',
  ])('%j is .github/workflows/ci.yml', (path) => {
    expect(canonicalPath(path)).toBe('.github/workflows/ci.yml');
  });

  it('keeps ordinary names apart, and joins the two spellings of an accent', () => {
    expect(canonicalPath('docs/..hidden.md')).toBe('docs/..hidden.md');
    expect(canonicalPath('Src/A.ts')).toBe('src/a.ts');
    expect(canonicalPath('u\u0308.md')).toBe(canonicalPath('\u00fc.md'));
    expect(canonicalPath('a/b')).not.toBe(canonicalPath('ab'));
  });

  it('is total, and stays as it is when done twice', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('..', '.', '', '.git', 'GIT~1', '. ', ':', '\u200c', '%2e', '%25', '\\', 'ﬁ', 'ß', 'İ'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), fc.constantFrom('/', ''), (names, joint) => {
        const path = names.join(joint);
        const once = canonicalPath(path);
        expect(canonicalPath(once)).toBe(once);
        if (pathProblem(path) === null) expect(once).not.toBe('');
      }),
      { numRuns: 1_000 },
    );
  });
});
