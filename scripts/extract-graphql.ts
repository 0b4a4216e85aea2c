/**
 * Writes src/simulator/graphql/schema.json: GitHub's public GraphQL schema, whole, without its prose.
 * With --check it writes nothing, and exits 1 when the file is stale.
 *
 * To take a newer schema: install the new version of @octokit/graphql-schema, run this, read the difference.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { schema } from '@octokit/graphql-schema';
import { parse, print, stripIgnoredCharacters, visit } from 'graphql';

const target = new URL('../src/simulator/graphql/schema.json', import.meta.url);
const text = extract(schema.idl);
const isStale = !existsSync(target) || readFileSync(target, 'utf8') !== text;
if (process.argv.includes('--check')) {
  if (isStale) console.error('The schema is stale: run `node scripts/extract-graphql.ts`.');
  process.exitCode = isStale ? 1 : 0;
} else {
  writeFileSync(target, text);
  console.log(`${Math.round(Buffer.byteLength(text) / 1024)} KB`);
}

/** One definition a line: small, and a newer schema shows as a readable diff. */
function extract(idl: string): string {
  const document = visit(parse(idl, { noLocation: true }), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
    Directive: (node) => (node.name.value === 'deprecated' ? null : undefined),
  });
  const lines = document.definitions.map((definition) => stripIgnoredCharacters(print(definition)));
  return `${JSON.stringify(lines, null, 2)}\n`;
}
