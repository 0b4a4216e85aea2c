const LONGEST = 100;
const OTHER = 'other';

type Labels = Readonly<Record<string, string>>;

/**
 * Bounds the series of one metric: names in repositories' configs are other people's to choose, and every new one would
 * be kept for as long as the process lives. The first `most` stay what they are; what comes later is counted as `other`.
 */
export function atMost<L extends Labels>(most: number): (labels: L) => L {
  const known = new Set<string>();
  return (labels) => {
    const short = mapped(labels, (of) => of.slice(0, LONGEST).toWellFormed());
    const key = JSON.stringify(short);
    if (known.size < most) known.add(key);
    return known.has(key) ? short : mapped(labels, () => OTHER);
  };
}

const mapped = <L extends Labels>(labels: L, each: (of: string) => string): L =>
  Object.fromEntries(Object.entries(labels).map(([name, of]) => [name, each(of)])) as L;
