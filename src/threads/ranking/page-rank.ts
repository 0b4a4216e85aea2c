/** An edge of a graph of numbered nodes: who refers to whom, and how strongly. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

const DAMPING = 0.85;
const ROUNDS = 20;

/**
 * PageRank personalised by where one starts: what is referred to by what matters, matters. The sum of the result is 1,
 * or all is 0 where nothing starts anywhere. Page, Brin, Motwani, Winograd: The PageRank Citation Ranking, 1999.
 */
export function pageRank(starts: readonly number[], edges: readonly Edge[]): readonly number[] {
  const total = starts.reduce((sum, start) => sum + start, 0);
  if (total <= 0) return starts.map(() => 0);
  const start = starts.map((of) => of / total);
  const out = new Float64Array(starts.length);
  for (const { from, weight } of edges) out[from] = (out[from] ?? 0) + weight;

  let rank = Float64Array.from(start);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(starts.length);
    let dangling = 0;
    for (const [node, of] of rank.entries()) if (out[node] === 0) dangling += of;
    for (const { from, to, weight } of edges)
      next[to] = (next[to] ?? 0) + (DAMPING * (rank[from] ?? 0) * weight) / (out[from] ?? 1);
    for (const [node, of] of start.entries())
      next[node] = (next[node] ?? 0) + (1 - DAMPING + DAMPING * dangling) * of;
    rank = next;
  }
  return [...rank];
}
