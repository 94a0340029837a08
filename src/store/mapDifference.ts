/** What must be written to bring a copy of `before` to `after`. */
interface MapDifference<T> {
  readonly changed: readonly (readonly [string, T])[]
  readonly gone: readonly string[]
}

/** Compares by reference: values are immutable, so the same object is the same content. Keeps the order of `after`. */
export function mapDifference<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): MapDifference<T> {
  if (before === after) return { changed: [], gone: [] }
  return {
    changed: [...after].filter(([key, value]) => before.get(key) !== value),
    gone: [...before.keys()].filter((key) => !after.has(key)),
  }
}
