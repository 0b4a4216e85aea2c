import { LineCounter, parseAllDocuments } from 'yaml';
import type { Language } from './language.ts';

/** Nesting that the parser gives up at; a tag that it does not know what to do with: its limits, not the text's. */
const ITS_OWN_LIMITS: readonly string[] = ['RESOURCE_EXHAUSTION', 'TAG_RESOLVE_FAILED'];

/**
 * YAML 1.2, one document or several. Tags of any tool (`!Ref`, `!include`) are taken as they are; aliases are not
 * followed. A key given twice is not looked for: many tools take the last, and finding it in a long mapping is slow.
 */
export const yaml: Language = {
  title: 'YAML',
  path: /\.ya?ml$/,

  async load() {
    return (text) => {
      const lineCounter = new LineCounter();
      const options = { prettyErrors: false, uniqueKeys: false, logLevel: 'silent', lineCounter } as const;
      const documents = [...parseAllDocuments(text, options)];
      const error = documents
        .flatMap(({ errors }) => errors)
        .find(({ code }) => !ITS_OWN_LIMITS.includes(code));
      if (!error) return null;
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return { line, column: col, words: error.message };
    };
  },
};
