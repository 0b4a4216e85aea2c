/**
 * The groups of nodes that reach each other: Tarjan's strongly connected components, those of one node left out
 * unless it points to itself. R. Tarjan, "Depth-first search and linear graph algorithms", 1972.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  const visit = (node: string): number => {
    const index = order.size;
    let low = index;
    order.set(node, index);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === index) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1 || edges.get(node)?.includes(node)) cycles.push(group.sort());
    }
    return low;
  };

  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return cycles;
}
