import { expect, it } from 'vitest';
import { editsInWords } from '../../src/changes/edits-in-words.ts';

const BLOCK = '<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE';
const DIFF = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b';
const PATCH = '*** Begin Patch\n*** Delete File: x\n*** End Patch';
const EXAMPLE = '```ts\nconst a = 1;\nconst b = 2;\n```';

it.each([
  ['search-replace-blocks', `I fixed it.\n\nsrc/x.ts\n\`\`\`ts\n${BLOCK}\n\`\`\`\n\nDone.`],
  ['search-replace-blocks', `docs/x.md\n<<<<<<< SEARCH\n${EXAMPLE}\n=======\nb\n>>>>>>> REPLACE`],
  ['unified-diff', `Here:\n\n\`\`\`diff\n${DIFF}\n\`\`\`\nAll tests pass.`],
  ['unified-diff', `diff --git a/x b/x\n${DIFF}\n`],
  ['apply-patch', PATCH],
  ['change-set', '{"version":1,"base":"x","summary":"s","changes":[]}'],
  ['search-replace', '[{"path":"x","search":"a","replace":"b"}]'],
])('S0-22: an answer that is edits is read as %s', (format, text) => {
  expect(editsInWords(text)).toMatchObject({ ok: true, edits: { format } });
});

it.each([
  ['prose', 'It rounds half up.\n---\nSee line 3.'],
  ['prose with code', `You could write\n${EXAMPLE}`],
  ['a diff beside other code', `Instead of\n${EXAMPLE}\nwrite\n\`\`\`diff\n${DIFF}\n\`\`\``],
  ['two formats', `x\n${BLOCK}\n${PATCH}`],
  ['JSON of something else', '{"answer":42}'],
])('%s is no edit', (_, text) => {
  expect(editsInWords(text)).toBeNull();
});

it.each([
  ['block_unclosed', 'x\n<<<<<<< SEARCH\na\n=======\nb'],
  ['patch_unclosed', '*** Begin Patch\n*** Delete File: x'],
  ['hunk_count_wrong', '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b'],
])('S0-23: an answer that was cut off is an error to tell the model: %s', (code, text) => {
  expect(editsInWords(text)).toMatchObject({ ok: false, error: { code } });
});

it('what is said above the edits is their summary', () => {
  const read = editsInWords(`Rounds half to even.\n\nsrc/x.ts\n${BLOCK}`);
  expect(read).toMatchObject({ edits: { summary: 'Rounds half to even.' } });
});
