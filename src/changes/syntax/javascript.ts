import type { ParseError, ParserPlugin } from '@babel/parser';
import type { FindFlaw, Flaw, Language } from './language.ts';

/**
 * Mistakes that the parser reads on after, and that every engine and compiler refuses. Not in the list, and let go:
 * what depends on the mode, on what is around the file, or on types, which a build checks better.
 */
const SURE: readonly string[] = [
  'AttributeIsEmpty',
  'AwaitNotInAsyncContext',
  'DeclarationMissingInitializer',
  'DuplicateConstructor',
  'DuplicateDefaultExport',
  'DuplicateExport',
  'IllegalBreakContinue',
  'InvalidCodePoint',
  'InvalidCoverInitializedName',
  'InvalidDigit',
  'InvalidLhs',
  'MalformedRegExpFlags',
  'MissingSemicolon',
  'MultipleDefaultsInSwitch',
  'NewlineAfterThrow',
  'NoCatchOrFinally',
  'UnexpectedToken',
  'UnexpectedTokenUnaryExponentiation',
  'VarRedeclaration',
];
/** Syntax that is only proposed: whoever uses it has a compiler for it. */
const PROPOSED: readonly string[] = ['MissingPlugin', 'MissingOneOfPlugins'];

/** JavaScript with JSX, as a module or a script. Files for Flow are left alone. */
export const javascript: Language = {
  title: 'JavaScript',
  path: /\.(?:[cm]?js|jsx)$/,
  load: () => findFlawWith(() => ['jsx']),
};

/** TypeScript, with JSX in `.tsx`. Translations of Qt’s, which are XML in `.ts`, are left alone. */
export const typescript: Language = {
  title: 'TypeScript',
  path: /\.(?:[cm]?ts|tsx)$/,
  load: () =>
    findFlawWith((path) => {
      if (path.endsWith('.tsx')) return ['typescript', 'jsx'];
      return /\.d\.[cm]?ts$/.test(path) ? [['typescript', { dts: true }]] : ['typescript'];
    }),
};

async function findFlawWith(pluginsFor: (path: string) => ParserPlugin[]): Promise<FindFlaw> {
  const { parse } = await import('@babel/parser');

  function flawUnder(
    text: string,
    plugins: ParserPlugin[],
    sourceType: 'unambiguous' | 'script',
  ): Flaw | null {
    try {
      const read = parse(text, {
        sourceType,
        errorRecovery: true,
        attachComment: false,
        plugins: [...plugins, 'decoratorAutoAccessors'],
      });
      const sure = read.errors?.find(({ reasonCode }) => SURE.includes(reasonCode));
      // Two functions of one name are a mistake in a module only. Without `import` and `export` it may be a script.
      const mayBeScript = sourceType === 'unambiguous' && read.program.sourceType === 'script';
      if (sure?.reasonCode === 'VarRedeclaration' && mayBeScript) return flawUnder(text, plugins, 'script');
      return sure ? flawOf(sure) : null;
    } catch (error) {
      if (!isParseError(error)) throw error;
      return PROPOSED.includes(error.reasonCode) ? null : flawOf(error);
    }
  }

  return (text, path) => {
    if (/@flow\b/.test(text) || /^\s*<[?!][a-zD]/.test(text)) return null;
    // Two kinds of decorators are in use, and neither grammar takes all of the other's.
    const sourceType = path.endsWith('.cjs') ? 'script' : 'unambiguous';
    const flaw = flawUnder(text, [...pluginsFor(path), 'decorators-legacy'], sourceType);
    return flaw && flawUnder(text, [...pluginsFor(path), 'decorators'], sourceType) && flaw;
  };
}

function isParseError(error: unknown): error is ParseError {
  return error instanceof SyntaxError && 'reasonCode' in error;
}

function flawOf({ loc, message }: ParseError): Flaw {
  return { line: loc.line, column: loc.column + 1, words: message.replace(/ \(\d+:\d+\)$/, '') };
}
