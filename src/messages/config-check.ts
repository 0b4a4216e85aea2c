import type { ConfigFinding } from '../runs/check-config.ts';
import type { CheckContent } from './check-runs.ts';
import { cut, upTo } from './cut.ts';
import { count } from './figures.ts';
import { code, harmlessMarkdown, harmlessText } from './way-out.ts';

/** `conductor/config`: whether a pull request leaves Conductor's own files valid, with the line and the fix. */
export function configCheck({ files, problems }: ConfigFinding): CheckContent {
  const good = problems.length === 0;
  const list = problems.map(
    ({ file, line, column, message }) =>
      `- ${code(`${file}:${line}:${column}`)} ${harmlessMarkdown(message)}`,
  );
  return {
    name: 'conductor/config',
    conclusion: good ? 'success' : 'failure',
    title: good
      ? `${count(files.length, 'file')} checked`
      : `${count(problems.length, 'problem')} in Conductor’s files`,
    summary: good
      ? `Valid: ${files.map(code).join(', ')}`
      : cut(
          `Merged like this, Conductor would refuse to work here until it is corrected.\n\n${list.join('\n')}`,
          65_535,
        ),
    text: 'The configuration reference is in docs/configuration.md of Conductor; `conductor config validate FILE` checks a file by hand.',
    actions: [],
    annotations: problems.slice(0, 50).map(({ file, line, message }) => ({
      path: file,
      start_line: line,
      end_line: line,
      annotation_level: 'failure',
      title: 'conductor/config',
      message: upTo(harmlessText(message), 60_000),
    })),
  };
}
