import { z } from 'zod';
import { defineTool, refused, said } from './tool.ts';

const MOST_LINES = 600;
const MOST_CHARACTERS = 40_000;

export const readFile = defineTool({
  name: 'read_file',
  description: `A file's text, each line after its number and a tab. At most ${MOST_LINES} lines a call.`,
  input: z.strictObject({
    path: z.string().max(4096),
    start_line: z.int().min(1).optional(),
    end_line: z.int().min(1).optional(),
  }),
  target: ({ path }) => path,
  async use({ path, start_line: start = 1, end_line: end }, overlay) {
    const file = await overlay.read(path);
    if (!file.ok) return refused(file.message);
    const lines = file.value.split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (lines.length === 0) return said(`${path} is empty.`);
    if (start > lines.length) return refused(`${path} has ${lines.length} lines.`);
    const last = Math.min(end ?? lines.length, lines.length, start + MOST_LINES - 1);
    const shown = lines.slice(start - 1, last).map((line, index) => `${start + index}\t${line}`);
    const text = shown.join('\n').slice(0, MOST_CHARACTERS);
    return said(last < lines.length ? `${text}\n(lines ${start} to ${last} of ${lines.length})` : text);
  },
});
