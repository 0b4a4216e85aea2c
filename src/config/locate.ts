import { type Document, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml';

/** A key's path from the top of a document. */
export type KeyPath = readonly PropertyKey[];

/** Where the value at `path` starts, or the nearest thing around it that is there. An offset into the text. */
export function valueOffset(document: Document, path: KeyPath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of [...path, null]) {
    if (isNode(node) && node.range) offset = node.range[0];
    if (step === null) break;
    const pair = pairOf(node, step);
    // An empty value has no place of its own that people would look at.
    if (pair !== undefined && isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair === undefined ? itemOf(node, step) : isEmpty(pair.value) ? null : pair.value;
  }
  return offset;
}

/** Where the last key of `path` stands; null when it is not in the document. */
export function keyOffset(document: Document, path: KeyPath): number | null {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((node, step) => pairOf(node, step)?.value ?? itemOf(node, step), document.contents);
  const last = path.at(-1);
  const key = last === undefined ? undefined : pairOf(parent, last)?.key;
  return isNode(key) && key.range ? key.range[0] : null;
}

function pairOf(node: unknown, key: PropertyKey): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function itemOf(node: unknown, index: PropertyKey): unknown {
  return isSeq(node) && typeof index === 'number' ? node.items[index] : undefined;
}

function isEmpty(value: unknown): boolean {
  return isScalar(value) && value.value === null && value.source === '';
}
