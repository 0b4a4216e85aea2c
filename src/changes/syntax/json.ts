import { firstJsonFlaw } from './json-flaw.ts';
import { type Language, placeAt } from './language.ts';

/** JSON files that their tools read with comments and trailing commas, as the tools’ own documentation says. */
const LENIENT = [
  /\.(?:jsonc|code-workspace|hujson)$/,
  /(?:^|\/)\.(?:vscode|zed|devcontainer)\/(?:.*\/)?[^/]+\.json$/,
  /(?:^|\/)[jt]sconfig(?:[.-][^/]+)?\.json$/,
  /(?:^|\/)tsconfig\/(?:.*\/)?[^/]+\.json$/,
  /(?:^|\/)(?:babel\.config|pyrightconfig|wrangler|\.mocharc)\.json$/,
  /(?:^|\/)\.?(?:api-extractor|angular|babelrc|cspell|deno|devcontainer|eslintrc|hintrc|jshintrc|oxlintrc)\.json$/,
  /(?:^|\/)\.?(?:language-configuration|markdownlint|nx|project|renovate|rush|swcrc|tsdoc|tslint|turbo|typedoc)\.json$/,
  /(?:^|\/)(?:appsettings(?:\.[^/]+)?|global|host|local\.settings)\.json$/,
];

/**
 * JSON, strictly (RFC 8259), but for a byte order mark, and for what tools allow in files of their own.
 * JSON5 and JSON Lines are left alone.
 */
export const json: Language = {
  title: 'JSON',
  path: /\.(?:json|jsonc|hujson|code-workspace|webmanifest|geojson|ipynb)$/,

  async load() {
    return (raw, path) => {
      const text = raw.startsWith('\ufeff') ? ` ${raw.slice(1)}` : raw;
      const flaw = firstJsonFlaw(
        text,
        LENIENT.some((pattern) => pattern.test(path)),
      );
      return flaw && { ...placeAt(text, flaw.at), words: flaw.words };
    };
  },
};
