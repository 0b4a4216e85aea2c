/** Works through a list, so many at a time; results in no order. */
export async function sideBySide<T, R>(
  list: readonly T[],
  work: (each: T) => Promise<R>,
  atOnce = 32,
): Promise<R[]> {
  const left = [...list];
  const results: R[] = [];
  const lane = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) results.push(await work(next));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
