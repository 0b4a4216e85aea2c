import type { Language } from './language.ts';

/** TOML 1.0, and what of 1.1 its parser knows. */
export const toml: Language = {
  title: 'TOML',
  path: /\.toml$/,

  async load() {
    const { parse, TomlError } = await import('smol-toml');
    return (text) => {
      try {
        // TOML's integers have 64 bits.
        parse(text, { integersAsBigInt: 'asNeeded' });
        return null;
      } catch (error) {
        if (!(error instanceof TomlError)) throw error;
        const { line, column, message } = error;
        return { line, column, words: message.replace('Invalid TOML document: ', '') };
      }
    };
  },
};
