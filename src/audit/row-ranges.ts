/** Numbers of rows as people write them: `3,5-9`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Whether a number is in such ranges. Total: what can't be read holds nothing. */
export function readRanges(ranges: string): (number: number) => boolean {
  const read = ranges.split(',').map((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return [from ?? Number.NaN, to ?? Number.NaN] as const;
  });
  return (number) => read.some(([from, to]) => number >= from && number <= to);
}
