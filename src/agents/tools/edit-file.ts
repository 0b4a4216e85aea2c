import { z } from 'zod';
import type { WayFound } from '../../changes/edit.ts';
import { searchReplace } from '../../changes/locate/search-replace.ts';
import { shownPath } from '../../changes/paths.ts';
import { defineTool, refused, said } from './tool.ts';

/** What the model is told when its old text was not quite the file's, so that its next edit is made of the file's. */
const FOUND_AS: Readonly<Record<WayFound, string>> = {
  exact: '',
  folded: ' Spaces at line ends or punctuation differed from your old text; the file kept its own.',
  shifted: ' The file indents these lines otherwise; your new lines are indented alike.',
  spaced: ' The spacing differed from your old text; your new text is written as you gave it.',
  similar: ' A line around the change differed from your old text; the file kept its own.',
};

export const editFile = defineTool({
  name: 'edit_file',
  description:
    'Replaces a text that stands exactly once in a file. Give enough of its surroundings to make it unique, or all: true for every place.',
  edits: true,
  input: z.strictObject({
    path: z.string().max(4096),
    old: z.string().min(1),
    new: z.string(),
    all: z.boolean().optional(),
  }),
  target: ({ path }) => path,
  async use({ path, old, new: replacement, all }, overlay) {
    const file = await overlay.read(path);
    if (!file.ok) return refused(file.message);
    const edit = { op: 'search_replace' as const, path, search: old, replace: replacement, all };
    const edited = searchReplace(shownPath(path), file.value, edit);
    if (!edited.ok) return refused(`${edited.error.message} ${edited.error.hint}`);
    const written = await overlay.write(path, edited.text);
    return written.ok ? said(`Changed ${path}.${FOUND_AS[edited.found]}`) : refused(written.message);
  },
});
