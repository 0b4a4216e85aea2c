/** One package that a manifest or a lock file names. */
export interface PackageEntry {
  readonly name: string;
  /** As it is written: a version, a range, or where it comes from; empty when nothing is said. */
  readonly version: string;
  /** The host that it is downloaded from; `git` or `file` where there is none; null: the registry of its kind. */
  readonly source: string | null;
  readonly checksum: string | null;
  /** As a lock file tells it. */
  readonly license: string | null;
  /** A lock file tells that it runs a script when it is installed. */
  readonly installScript: boolean;
}

/** What a manifest or lock file holds; `scripts` are those of the repository itself that an install runs. */
export interface PackageFile {
  readonly packages: readonly PackageEntry[];
  readonly scripts: ReadonlyMap<string, string>;
}

/** Registries, and what they download from. Anything else is told. */
const REGISTRIES: ReadonlySet<string> = new Set([
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'pypi.org',
  'files.pythonhosted.org',
  'crates.io',
  'index.crates.io',
  'static.crates.io',
  'rubygems.org',
  'proxy.golang.org',
  'repo.packagist.org',
]);

export function entry(name: string, version: string, more: Partial<PackageEntry> = {}): PackageEntry {
  return { name, version, source: null, checksum: null, license: null, installScript: false, ...more };
}

/** Where an address, or a version that is one, leads to; null: the registry. Only the host is told, never a token in it. */
export function sourceOf(address: string): string | null {
  // How Cargo.lock writes its own registry.
  if (address.includes('https://github.com/rust-lang/crates.io-index')) return null;
  const url = /^(?:[a-z]+\+)?(?:https?|ssh|git|ftp):\/\/(?:[^/\s]*@)?([^/:?#@\s]*)/i.exec(address);
  if (url) return REGISTRIES.has(url[1]!.toLowerCase()) ? null : url[1]!.toLowerCase() || 'git';
  if (/^(?:git@|github:|gitlab:|bitbucket:|gist:|git\+)/i.test(address)) return 'git';
  if (/^(?:file|link|portal|patch):|^\.{0,2}\//i.test(address)) return 'file';
  // npm takes `owner/repository` for one of GitHub's.
  return /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(address) ? 'git' : null;
}
