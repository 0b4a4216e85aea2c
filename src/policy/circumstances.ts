import { type Circumstances, NO_CIRCUMSTANCES } from './facts.ts';

/**
 * What a change came about under, as trailers of its commit: it is judged again when people approve it, by the same
 * rules on the same facts, and whoever reads the history sees it.
 */
export function circumstancesInTrailers({ agent, model, costUsd, labels, at }: Circumstances): string[] {
  const trailer = (name: string, text: string) => `${name}: ${oneLine(text)}`;
  return [
    trailer('Conductor-Asked', at),
    ...(agent === null ? [] : [trailer('Conductor-Agent', agent)]),
    ...(model === null ? [] : [trailer('Conductor-Model', model)]),
    ...(costUsd === 0 ? [] : [trailer('Conductor-Cost', `$${costUsd.toFixed(4)}`)]),
    ...labels.map((label) => trailer('Conductor-Label', label)),
  ];
}

/** Reads them back from the last paragraph of a message. `at`: where it tells no time. */
export function circumstancesIn(message: string, at: string): Circumstances {
  const trailers = (message.trimEnd().split('\n\n').at(-1) ?? '').split('\n');
  const all = (name: string) =>
    trailers.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []));
  return {
    ...NO_CIRCUMSTANCES,
    agent: all('Conductor-Agent')[0] ?? null,
    model: all('Conductor-Model')[0] ?? null,
    costUsd: Number(all('Conductor-Cost')[0]?.replace('$', '') ?? 0) || 0,
    labels: all('Conductor-Label'),
    at: all('Conductor-Asked')[0] ?? at,
  };
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
