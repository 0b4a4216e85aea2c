import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import { type NewLine, newLinesOf } from '../new-lines.ts';
import { type PackageChanges, packageChanges } from '../packages/package-changes.ts';
import type { PackageEntry } from '../packages/package-entry.ts';
import type { Finding, Rule } from './rule.ts';

/** Manifests and lock files: what they name is downloaded and run on the next install, install scripts included. */
const DEPENDENCIES: readonly string[] = [
  '**/{package,composer,deno,jsr}.json',
  '**/{package-lock,npm-shrinkwrap}.json',
  '**/{yarn,composer,deno,bun,poetry,uv,pdm,Cargo,Gemfile,Pipfile,mix,pubspec,Podfile,flake}.lock',
  '**/{pnpm-lock,pnpm-workspace,pubspec}.yaml',
  '**/{bun.lockb,Pipfile,Gemfile,Podfile,go.mod,go.sum,go.work,Cargo.toml,pyproject.toml,setup.cfg,mix.exs}',
  '**/{*requirements*.txt,requirements/*.txt,constraints*.txt,environment.yml}',
  '**/{pom.xml,packages.config,*.csproj,*.fsproj,*.vbproj,Directory.*.props,Package.swift,libs.versions.toml}',
];
const MATCHES = strictMatcher(DEPENDENCIES);

/** Packages that one sentence names, and single remarks on one file. */
const NAMED = 12;
const MAX_REMARKS = 20;
const FIX = 'A person has to look at the packages and scripts that it names.';

/** A change of what a repository installs needs a person, who is told which packages and scripts it brings. */
export const dependencyFiles: Rule = {
  name: 'dependency-files',
  title: () => 'Manifests and lock files need a person, who is told which packages and scripts they bring.',

  find(facts) {
    const files = new Map((facts.applied.ok ? facts.applied.files : []).map((file) => [file.path, file]));
    const withSecrets = new Set(facts.secrets.map(({ path }) => path));
    return touchedPaths(facts).flatMap<Finding>((path) => {
      if (MATCHES(path) === null) return [];
      const file = files.get(path);
      const changes = file === undefined ? null : packageChanges(file);
      // Whatever such a file says may be part of a secret, so that none of it is shown.
      if (file === undefined || changes === null || withSecrets.has(path)) return [plain(path)];
      const lines = newLinesOf(file);
      const found = [...scripts(file, lines, changes), ...remarks(file, lines, changes)];
      return [summary(file, lines, changes), ...found.slice(0, MAX_REMARKS)];
    });
  },
};

function plain(path: string): Finding {
  const message = `${shownPath(path)} decides what is downloaded and run on an install.`;
  return { verdict: 'review', path, message, fix: FIX };
}

function summary({ path }: FileChange, lines: readonly NewLine[], changes: PackageChanges): Finding {
  const said = [namesOf('adds', changes.added), namesOf('changes', changes.changed)].filter(
    (text) => text !== '',
  );
  if (said.length === 0) return plain(path);
  const message = `${shownPath(path)} ${said.join(' and ')}.`;
  return at(path, lines, (changes.added[0] ?? changes.changed[0])!.name, message);
}

function namesOf(verb: string, packages: readonly PackageEntry[]): string {
  if (packages.length === 0) return '';
  const names = [...new Set(packages.map(named))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${verb} ${names.slice(0, NAMED).join(', ')}${more}`;
}

/** A version that is an address may carry a token, so that only its host is told, and elsewhere. */
function named({ name, version }: PackageEntry): string {
  return shownPath(/^[\w.^~<>=*|,+! -]{1,40}$/.test(version) ? `${name} ${version}` : name);
}

function scripts({ path }: FileChange, lines: readonly NewLine[], changes: PackageChanges): Finding[] {
  return changes.scripts.map(({ name, script }) => {
    const message = `The script ${name} of ${shownPath(path)} runs on an install: ${shownPath(script)}.`;
    return at(path, lines, name, message);
  });
}

function remarks({ path }: FileChange, lines: readonly NewLine[], changes: PackageChanges): Finding[] {
  const remark = (each: PackageEntry, what: string) =>
    at(path, lines, each.name, `In ${shownPath(path)} ${named(each)} ${what}.`);
  const replaced = changes.replaced.map((each) => {
    const how =
      each.source === null
        ? 'has another checksum, or comes from elsewhere'
        : `comes from ${placeOf(each.source)}`;
    return remark(each, `${how}, in the version that it had before`);
  });
  const news = [...changes.added, ...changes.changed].flatMap((each) => [
    ...(each.source === null
      ? []
      : [remark(each, `comes from ${placeOf(each.source)}, not from its registry`)]),
    ...(each.installScript ? [remark(each, 'runs a script of its own when it is installed')] : []),
  ]);
  return [...replaced, ...news];
}

function placeOf(source: string): string {
  if (source === 'git') return 'a git repository';
  return source === 'file' ? 'a file or folder' : shownPath(source);
}

/** A finding at the first new line that says the name. */
function at(path: string, lines: readonly NewLine[], name: string, message: string): Finding {
  const line = lines.find(({ text }) => text.includes(name))?.number;
  return { verdict: 'review', path, ...(line === undefined ? {} : { line }), message, fix: FIX };
}
