import { entry, type PackageEntry, sourceOf } from './package-entry.ts';

/** Formats that are read line by line: what a line plainly says is told, and what it does not is passed over. */
type ReadLines = (lines: readonly string[]) => PackageEntry[];

/** `requirements.txt` and the like, options that lead to another index included. */
export const readRequirements: ReadLines = (lines) =>
  lines.flatMap((line) => {
    const option =
      /^\s*(-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host|-e|--editable)[ =]\s*(\S+)/.exec(line);
    if (option) return [entry(option[1]!, '', { source: sourceOf(option[2]!) ?? hostOf(option[2]!) })];
    return requirement(line.replace(/(?:^|\s)#.*/, ''));
  });

/** `Cargo.toml`, `Pipfile`, `pyproject.toml`: tables of dependencies, and Python's lists of requirements. */
export const readToml: ReadLines = (lines) => {
  let table = '';
  let inList = false;
  return lines.flatMap((line) => {
    const heading = /^\s*\[+([^[\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1];
    if (heading !== undefined && !inList) {
      table = heading.trim();
      // [dependencies.serde]: the name stands in the heading.
      const named = /dependencies\.["']?([\w.-]+)["']?$/.exec(table)?.[1];
      return named === undefined ? [] : [entry(named, '')];
    }
    const list = /^\s*["']?([\w.-]+)["']?\s*=\s*\[(.*)$/.exec(line);
    const opens =
      list !== null &&
      (/dependencies|requires$/.test(list[1]!) || /dependencies|dependency-groups/.test(table));
    if (opens || inList) {
      const rest = opens ? list[2]! : line;
      inList = !/\][^"']*$/.test(rest);
      return [...rest.matchAll(/"([^"]{1,300})"|'([^']{1,300})'/g)].flatMap(([, a, b]) =>
        requirement(a ?? b ?? ''),
      );
    }
    if (!/dependencies(?:\.|$)|^(?:dev-)?packages$|^patch\b/.test(table)) return [];
    const pair = /^\s*["']?([\w.-]+)["']?\s*=\s*(.+)$/.exec(line);
    if (pair === null) return [];
    const address = /\b(?:git|url|path|index|registry)\s*=\s*["']([^"']*)["']/.exec(pair[2]!)?.[1];
    const version = /["']([^"']*)["']/.exec(pair[2]!)?.[1] ?? '';
    return [
      entry(pair[1]!, address === undefined ? version : '', {
        source: address === undefined ? null : (sourceOf(address) ?? 'file'),
      }),
    ];
  });
};

/** `Cargo.lock`, `poetry.lock`, `uv.lock`: a table for each package. */
export const readTomlLock: ReadLines = (lines) => {
  const packages: PackageEntry[] = [];
  for (const line of lines) {
    if (/^\[\[package\]\]/.test(line)) packages.push(entry('', ''));
    const pair = /^(name|version|source|checksum)\s*=\s*(.*)$/.exec(line);
    const last = packages.at(-1);
    if (pair === null || last === undefined) continue;
    const value = /"([^"]*)"\s*\}?\s*$/.exec(pair[2]!)?.[1] ?? '';
    const said = pair[1] === 'source' ? { source: sourceOf(value) } : { [pair[1]!]: value };
    packages[packages.length - 1] = { ...last, ...said };
  }
  return packages.filter(({ name }) => name !== '');
};

/** `yarn.lock` of yarn 1 and later, and `pnpm-lock.yaml`: a heading with name and version, then where it is from. */
export const readYamlLock: ReadLines = (lines) => {
  const packages: PackageEntry[] = [];
  for (const line of lines) {
    const heading = line.endsWith(':')
      ? /^ {0,2}["'/]?((?:@[\w.-]+\/)?[\w.-]+)@([^\s"',:(]*)/.exec(line)
      : null;
    if (heading) packages.push(entry(heading[1]!, heading[2]!));
    const last = packages.at(-1);
    if (heading || last === undefined) continue;
    const version = /^ {2}version:? "?([^"\s]+)"?\s*$/.exec(line)?.[1];
    const address =
      /\b(?:resolved "|tarball: ?|resolution: "[^"@]*@)((?:https?|git|file|link|patch)[^",}\s]*)/.exec(
        line,
      )?.[1];
    const checksum = /\b(?:integrity:? |checksum: )"?([\w+/=:.-]+)/.exec(line)?.[1];
    packages[packages.length - 1] = {
      ...last,
      ...(version === undefined ? {} : { version }),
      ...(address === undefined ? {} : { source: sourceOf(address) }),
      ...(checksum === undefined ? {} : { checksum }),
    };
  }
  return packages;
};

/** `go.mod`: what is required, and what stands for something else. */
export const readGoMod: ReadLines = (lines) =>
  lines.flatMap((line) => {
    const replaced = /^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)(?:\s+(v\S+))?/.exec(line);
    if (replaced)
      return [
        entry(replaced[1]!, replaced[3] ?? '', { source: replaced[2]!.startsWith('.') ? 'file' : 'git' }),
      ];
    const required = /^\s*(?:require\s+)?(\S+)\s+(v\d\S*)/.exec(line);
    return required?.[1]?.includes('.') ? [entry(required[1], required[2]!)] : [];
  });

/** `Gemfile` and `Gemfile.lock`. */
export const readGems: ReadLines = (lines) =>
  lines.flatMap((line) => {
    const source = /^\s*(?:source\s*\(?\s*["']|remote:\s*)(\S+?)["']?\)?\s*(?:do)?\s*$/.exec(line)?.[1];
    if (source !== undefined)
      return sourceOf(source) === null ? [] : [entry('source', '', { source: sourceOf(source) })];
    const gem = /^\s*gem\s*\(?\s*["']([\w.-]+)["'](?:\s*,\s*["']([^"']*)["'])?(.*)$/.exec(line);
    if (gem) {
      const address = /\b(git|github|path|source)(?::|\s*=>)/.exec(gem[3]!)?.[1];
      return [
        entry(gem[1]!, gem[2] ?? '', {
          source: address === undefined ? null : address === 'path' ? 'file' : 'git',
        }),
      ];
    }
    const locked = /^ {4}([\w.-]+) \(([^)]*)\)\s*$/.exec(line);
    return locked ? [entry(locked[1]!, locked[2]!)] : [];
  });

/** A requirement as Python writes it (PEP 508). */
function requirement(text: string): PackageEntry[] {
  const found = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:@\s*(\S+)|([^;@]*))/.exec(text);
  if (found === null) {
    const source = sourceOf(text.trim());
    return source === null ? [] : [entry(source, '', { source })];
  }
  const [, name = '', address, version = ''] = found;
  // An address without a name before it.
  if (/^[a-z+]+:\/\//i.test(text.trim()))
    return [entry(name, '', { source: sourceOf(text.trim()) ?? 'git' })];
  return [
    entry(name, version.trim(), {
      source: address === undefined ? null : (sourceOf(address) ?? hostOf(address)),
    }),
  ];
}

function hostOf(address: string): string {
  return /^[a-z+]+:\/\/(?:[^/\s]*@)?([^/:?#@\s]+)/i.exec(address)?.[1]?.toLowerCase() ?? 'file';
}
