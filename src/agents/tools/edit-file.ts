import { z } from 'zod';
import { defineTool, refused, said } from './tool.ts';

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
    const pieces = file.value.split(old);
    const places = pieces.length - 1;
    if (places === 0)
      return refused(`The old text does not stand in ${path}. Read the file again and copy it exactly.`);
    if (places > 1 && !all)
      return refused(`The old text stands ${places} times in ${path}. Add lines around it, or all: true.`);
    const written = await overlay.write(path, pieces.join(replacement));
    return written.ok
      ? said(`Changed ${path} in ${places} place${places === 1 ? '' : 's'}.`)
      : refused(written.message);
  },
});
