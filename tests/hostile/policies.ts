/** A repository's policy, once as its config says it and once as the oracle knows it, in its own words. */
export interface KnownPolicy {
  readonly repository: string;
  readonly config: object;
  /** Folders, in small letters, that nothing may touch. */
  readonly forbidden: readonly string[];
  /** Folders that a change may touch without a person; empty: none. */
  readonly alone: readonly string[];
  /** Folders in them that need a person all the same. */
  readonly withPerson: readonly string[];
  readonly mostFiles: number;
  readonly mostLines: number;
}

export const POLICIES: readonly KnownPolicy[] = [
  {
    repository: 'docs-alone',
    config: {
      policy: {
        auto: { enabled: true, paths: ['docs/**'], max_files: 2, max_lines_changed: 50 },
        forbidden_paths: ['secrets/**'],
        protected_paths: ['src/billing/**'],
      },
    },
    forbidden: ['secrets'],
    alone: ['docs/'],
    withPerson: [],
    mostFiles: 2,
    mostLines: 50,
  },
  {
    repository: 'by-default',
    config: {},
    forbidden: [],
    alone: [],
    withPerson: [],
    mostFiles: 0,
    mostLines: 0,
  },
  {
    repository: 'nearly-all-alone',
    config: {
      policy: {
        auto: { enabled: true, paths: ['**'], max_files: 5, max_lines_changed: 500 },
        forbidden_paths: ['secrets/**', 'src/total.js'],
        protected_paths: ['src/billing/**'],
      },
    },
    forbidden: ['secrets', 'src/total.js'],
    alone: [''],
    withPerson: ['src/billing'],
    mostFiles: 5,
    mostLines: 500,
  },
];
