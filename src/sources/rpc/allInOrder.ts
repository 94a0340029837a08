/**
 * Like `Promise.all`, but waits for every promise and rejects with the first failure in list order, not in time. If
 * several fail, the one that explains the others comes first.
 */
export async function allInOrder<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
