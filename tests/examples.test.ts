import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseProfile } from '../src/agents/parse-profile.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { EVENTS } from '../src/hosts/app.ts';
import { LOGS, MEMBERS, PUSH } from '../src/hosts/installation-tokens.ts';
import { readScenario } from '../src/hosts/scenario.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);

describe('what people copy', () => {
  it.each([...filesIn('examples/config'), '.github/conductor.yml'])('%s is a valid configuration', (path) => {
    expect(parseConfig(read(path))).toMatchObject({ ok: true });
  });

  it.each(filesIn('examples/agents'))('%s is a valid agent', (path) => {
    expect(parseProfile(read(path), path)).toMatchObject({ ok: true });
  });

  it.each(filesIn('examples/scenarios'))('%s is a scenario', async (path) => {
    expect((await readScenario(join(ROOT, path))).acts.length).toBeGreaterThan(0);
  });

  it('the README’s configurations and workflow are the ones that are tested', () => {
    const blocks = [...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) =>
      dedented(text ?? ''),
    );
    const workflow = blocks.find((text) => text.includes('runs-on'));
    expect(workflow).toBe(read('examples/workflows/conductor.yml'));
    const configs = blocks.filter((text) => text !== workflow);
    for (const text of configs) expect(parseConfig(text), text).toMatchObject({ ok: true });
    expect(configs.length).toBeGreaterThan(1);
  });

  it('app.yml asks for what the App uses, and for no workflows', () => {
    const manifest = parse(read('app.yml'));
    expect(manifest.default_permissions).toEqual({ ...PUSH, ...LOGS, ...MEMBERS });
    expect([...manifest.default_events].sort()).toEqual([...EVENTS].sort());
    expect(manifest.default_permissions).not.toHaveProperty('workflows');
  });

  it('every input of action.yml is read, and every input that is read is declared', () => {
    const action = parse(read('action/action.yml'));
    const source = `${read('src/hosts/action-settings.ts')}`;
    const readInputs = [...source.matchAll(/(?:input|optional)\('([a-z_]+)'\)/g)].map(([, name]) => name);
    expect([...new Set(readInputs)].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('every output of action.yml is set, and every output that is set is declared', () => {
    const action = parse(read('action/action.yml'));
    const source = read('src/hosts/action.ts');
    const block = source.slice(
      source.indexOf('const outputs'),
      source.indexOf('};', source.indexOf('const outputs')),
    );
    const set = [...block.matchAll(/^ {4}([a-z_]+):/gm)].map(([, name]) => name);
    expect(set.sort()).toEqual(Object.keys(action.outputs).sort());
  });
});

/** A block inside a list item is indented with it. */
function dedented(text: string): string {
  return text.split('\n').every((line) => line === '' || line.startsWith('   '))
    ? text.replace(/^ {3}/gm, '')
    : text;
}
