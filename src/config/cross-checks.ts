import type { ModelEntry } from './model-entry.ts';
import { nearestKey } from './nearest-key.ts';
import type { Config } from './schema.ts';

/** Something that only shows when two keys are seen together. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Finds what a schema cannot: names that point nowhere, and keys that do not go with a model's provider. */
export function crossChecks(config: Config): readonly Contradiction[] {
  const names = Object.keys(config.models);
  const listed = config.agent.models.flatMap((entry, index) =>
    typeof entry === 'string'
      ? [{ name: entry, at: [index] }]
      : entry.map((name, place) => ({ name, at: [index, place] })),
  );
  const unknown = listed.flatMap(({ name, at }) => {
    if (names.includes(name)) return [];
    const nearest = nearestKey(name, names);
    const known = names.length > 0 ? `configured: ${names.join(', ')}` : 'none is configured';
    const hint = nearest === null ? known : `did you mean \`${nearest}\`?`;
    return [
      {
        path: ['agent', 'models', ...at],
        message: `there is no model \`${name}\` under \`models\`; ${hint}`,
      },
    ];
  });
  const entries = Object.entries(config.models).flatMap(([name, entry]) =>
    entryChecks(entry).map(({ path, message }) => ({ path: ['models', name, ...path], message })),
  );
  return [...unknown, ...entries];
}

/** Keys of an entry that go with some providers only. */
const ONLY_FOR: readonly { key: keyof ModelEntry; providers: readonly ModelEntry['provider'][] }[] = [
  { key: 'script', providers: ['scripted'] },
  { key: 'wire', providers: ['openai', 'openai-compatible'] },
  { key: 'compat', providers: ['anthropic'] },
];

function entryChecks(entry: ModelEntry): readonly Contradiction[] {
  const found: Contradiction[] = [];
  if (entry.provider === 'scripted') {
    for (const key of ['base_url', 'api_key_env'] as const) {
      if (entry[key] !== undefined)
        found.push({ path: [key], message: `\`${key}\` means nothing to a scripted model` });
    }
  }
  for (const { key, providers } of ONLY_FOR) {
    if (entry[key] === undefined || providers.includes(entry.provider)) continue;
    const names = providers.map((provider) => `\`${provider}\``).join(' and ');
    found.push({
      path: [key],
      message: `\`${key}\` is for the provider${providers.length > 1 ? 's' : ''} ${names} only`,
    });
  }
  const problem = entry.base_url === undefined ? null : addressProblem(entry.base_url);
  if (problem !== null) found.push({ path: ['base_url'], message: `\`base_url\` ${problem}` });
  if (entry.provider === 'openai-compatible' && entry.base_url === undefined) {
    found.push({ path: [], message: 'an `openai-compatible` model needs a `base_url`' });
  }
  return found;
}

/** A key travels with every request, so that the way must be encrypted, unless it stays on this machine. */
function addressProblem(address: string): string | null {
  const url = URL.parse(address);
  if (url === null) return 'is not an address';
  if (url.username !== '' || url.password !== '') return 'must not carry a name or password';
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) return null;
  return 'must be `https`, except on this machine (localhost)';
}
