import { entry, type PackageEntry, type PackageFile, sourceOf } from './package-entry.ts';

const SECTIONS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'overrides',
  'resolutions',
  'require',
  'require-dev',
];

/** Scripts that npm, yarn and pnpm run by themselves when somebody installs (docs.npmjs.com, "Life Cycle Scripts"). */
const ON_INSTALL: ReadonlySet<string> = new Set(
  ['install', 'prepare', 'prepublish', 'dependencies', 'prepack']
    .flatMap((name) => [name, `pre${name}`, `post${name}`])
    .concat('pnpm:devPreinstall'),
);

/** Reads a `package.json` or `composer.json`. Null: it is not one. */
export function readManifest(text: string): PackageFile | null {
  const manifest = objectOf(parsed(text));
  if (manifest === null) return null;
  const packages = SECTIONS.flatMap((section) =>
    entriesOf(manifest[section]).flatMap(([name, version]) =>
      typeof version === 'string' ? [entry(name, version, { source: sourceOf(version) })] : [],
    ),
  );
  const scripts = entriesOf(manifest.scripts).flatMap<[string, string]>(([name, script]) =>
    ON_INSTALL.has(name) && typeof script === 'string' ? [[name, script]] : [],
  );
  return { packages, scripts: new Map(scripts) };
}

/** Reads a `package-lock.json` or `npm-shrinkwrap.json`, of version 1 to 3. */
export function readNpmLock(text: string): PackageFile | null {
  const lock = objectOf(parsed(text));
  if (lock === null) return null;
  const listed = objectOf(lock.packages) === null ? lock.dependencies : lock.packages;
  const packages = entriesOf(listed).flatMap<PackageEntry>(([key, value]) => {
    const item = objectOf(value);
    // The root, and a workspace of the repository itself.
    if (item === null || key === '' || item.link === true) return [];
    const name = key.split('node_modules/').at(-1) ?? key;
    const { version, resolved, integrity, license, hasInstallScript } = item;
    return entry(name, textOf(version) ?? '', {
      source: sourceOf(textOf(resolved) ?? ''),
      checksum: textOf(integrity),
      license: textOf(license),
      installScript: hasInstallScript === true,
    });
  });
  return { packages, scripts: new Map() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(objectOf(value) ?? {});
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
