/**
 * Maps in order, in groups of `limit` parallel calls. Rejects with the first failure; calls in flight are not
 * cancelled.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += limit) {
    results.push(...(await Promise.all(items.slice(start, start + limit).map(map))))
  }
  return results
}
