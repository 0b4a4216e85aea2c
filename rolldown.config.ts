import { defineConfig } from 'rolldown';

/** Installed by those who use it. */
const OPTIONAL = ['@anthropic-ai/bedrock-sdk'];
const shared = { platform: 'node' as const, logLevel: 'warn' as const, external: OPTIONAL };

/** The Action's bundle is committed: GitHub runs it as it is. The command line's is built for the package only. */
export default defineConfig([
  {
    ...shared,
    // The second is started as a process of its own.
    input: { index: 'src/action.ts', 'git-process': 'src/git/git-process.ts' },
    output: {
      dir: 'action/dist',
      format: 'esm',
      minify: true,
      cleanDir: true,
      chunkFileNames: '[name].js',
      banner: '// Built from src/action.ts by `npm run build`. Do not edit.',
    },
  },
  {
    ...shared,
    // All but the first are started as processes of their own.
    input: {
      conductor: 'src/cli/main.ts',
      'embedded-process': 'src/storage/embedded-process.ts',
      'git-process': 'src/git/git-process.ts',
    },
    // They find files beside their own, or load what they need by name.
    external: [...OPTIONAL, '@electric-sql/pglite', '@dbos-inc/dbos-sdk', 'pg'],
    output: { dir: 'dist', format: 'esm', cleanDir: true, chunkFileNames: '[name].js' },
  },
]);
