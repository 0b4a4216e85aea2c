import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll } from 'vitest';
import type { CageUser, CliHost } from '../../../src/agents/cli/host.ts';
import { cliAgent } from '../../../src/agents/cli/run-cli.ts';
import type { CliWork } from '../../../src/agents/cli-agent.ts';
import { taskFor } from './tasks.ts';

export const isRoot = process.getuid?.() === 0;
/** As root each run has an account of its own, as it has in use. */
export const USER: CageUser = isRoot ? 'own' : 'same';

type Overrides = Parameters<typeof taskFor>[1];

/** A host for a file of tests, with a folder for its cages alone: what is left there is what a test has left. */
export function cagedHost(user: CageUser = USER) {
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'cages-'));
  chmodSync(temporaryFolder, 0o777);
  afterAll(() => rmSync(temporaryFolder, { recursive: true, force: true }));
  const host: CliHost = {
    path: (process.env.PATH ?? '').split(delimiter),
    user,
    temporaryFolder,
    openGateway: async () => ({ ok: true, gateway: null }),
  };

  /** Lets a shell script be the CLI, on a small repository. */
  function work(
    script: string,
    overrides: Overrides = {},
    signal = new AbortController().signal,
  ): Promise<CliWork> {
    const runner = { kind: 'command', command: ['/bin/sh', '-c', script] } as const;
    return cliAgent(host)(taskFor(runner, overrides), signal);
  }

  return {
    host,
    work,
    /** What it comes to: the code of a failure with its sentence, else the kind of thought. */
    async comesTo(script: string, overrides: Overrides = {}): Promise<string> {
      const { thought } = await work(script, overrides);
      return thought.kind === 'failure' ? `${thought.code}: ${thought.message}` : thought.kind;
    },
    /** What a script left in the one file that it wrote. */
    async written(script: string, overrides: Overrides = {}): Promise<string> {
      const { thought } = await work(script, overrides);
      if (thought.kind !== 'proposal') throw new Error(JSON.stringify(thought));
      return thought.files[0]?.after ?? '';
    },
    left: () => readdirSync(temporaryFolder),
  };
}

/** Living processes whose command line holds `word`. */
export function running(word: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
      return line.includes(word) && state !== 'Z' ? [line] : [];
    } catch {
      return [];
    }
  });
}
