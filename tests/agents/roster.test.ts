import { describe, expect, it } from 'vitest';
import { buildRoster } from '../../src/agents/roster.ts';

const file = (name: string, text = '---\ndescription: d\n---\nDo it.') => ({
  path: `.github/agents/${name}`,
  text,
});
const namesOf = (...files: { path: string; text: string }[]) => [...buildRoster(files).agents.keys()].sort();

describe('S2-5: the agents of a repository', () => {
  it('are the built-in ones where it has no files', () => {
    expect(namesOf()).toEqual(['coder', 'reviewer']);
  });

  it('stand beside the built-in ones', () => {
    expect(namesOf(file('security.agent.md'))).toEqual(['coder', 'reviewer', 'security']);
  });

  it('take the place of a built-in one of the same name', () => {
    const { agents } = buildRoster([file('reviewer.agent.md')]);
    expect(agents.get('reviewer')?.source).toBe('.github/agents/reviewer.agent.md');
  });

  it('a broken file is told, and the others work', () => {
    const { agents, problems } = buildRoster([
      file('broken.agent.md', 'no front matter'),
      file('security.agent.md'),
    ]);
    expect([...agents.keys()].sort()).toEqual(['coder', 'reviewer', 'security']);
    expect(problems).toMatchObject([{ path: '.github/agents/broken.agent.md', line: 1 }]);
  });

  it('a broken file does not hand its name back to the built-in agent', () => {
    expect(namesOf(file('coder.agent.md', 'no front matter'))).toEqual(['reviewer']);
  });

  it('two files of one name are told, and neither answers', () => {
    const { agents, problems } = buildRoster([file('security.md'), file('security.agent.md')]);
    expect(agents.has('security')).toBe(false);
    expect(problems).toMatchObject([{ path: '.github/agents/security.md' }]);
  });

  it('a README is no agent', () => {
    expect(buildRoster([file('README.md', '# About')]).problems).toEqual([]);
  });
});
