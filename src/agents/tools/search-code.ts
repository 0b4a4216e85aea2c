import { z } from 'zod';
import { defineTool, said } from './tool.ts';

const MOST = 100;

export const searchCode = defineTool({
  name: 'search_code',
  description: `Lines that contain a text literally, as path:line: text. At most ${MOST}.`,
  input: z.strictObject({ text: z.string().min(1).max(1000) }),
  target: ({ text }) => text,
  async use({ text }, overlay) {
    const matches = await overlay.search(text, MOST);
    if (matches.length === 0) return said('No line contains it.');
    return said(
      matches.map((match) => `${match.path}:${match.line}: ${match.text.slice(0, 300)}`).join('\n'),
    );
  },
});
