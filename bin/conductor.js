#!/usr/bin/env node
// Plain JavaScript, so that a Node which is too old for the rest can still say so.
import { existsSync } from 'node:fs';

const OLDEST_NODE = 22;
const [major] = process.versions.node.split('.').map(Number);

if (major < OLDEST_NODE) {
  process.stderr.write(
    `Conductor needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}. ` +
      'In a checkout, npm ci brings one, and npm run uses it: check that its install script was not blocked.\n',
  );
  process.exitCode = 2;
} else {
  const source = new URL('../src/cli/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/conductor.js', import.meta.url).href);
}
