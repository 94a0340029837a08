/** Arrivals, and a way to wait for the n-th without polling. */
export interface Arrivals<T> {
  readonly all: readonly T[]
  add(arrival: T): void
  /** Resolves with everything so far once at least `count` have arrived. */
  readonly waitFor: (count: number) => Promise<readonly T[]>
  /** Forgets what arrived. */
  readonly clear: () => void
}

export function arrivals<T>(): Arrivals<T> {
  const all: T[] = []
  const waiting = new Set<() => void>()
  return {
    all,
    add(arrival) {
      all.push(arrival)
      for (const check of [...waiting]) check()
    },
    waitFor: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (all.length < count) return
          waiting.delete(check)
          resolve([...all])
        }
        waiting.add(check)
        check()
      }),
    clear() {
      all.length = 0
    },
  }
}
