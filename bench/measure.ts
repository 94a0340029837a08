/** One line of the table: a measure beside its baseline. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly baseline: number
  /** `ours / baseline`, or its inverse where more is better: how many times as dear ours is. */
  readonly ratio: number
  /** What the ratio may be at most; absent where there is no goal. */
  readonly goal?: number
  readonly details: Readonly<Record<string, string | number | readonly number[]>>
}

/** The middle of the samples, or another share of them. */
export function quantile(samples: readonly number[], share = 0.5): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Milliseconds that `work` takes. */
async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Milliseconds of processor time that `work` takes, that of the garbage collector included. */
async function timedCpu(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

interface Measured {
  readonly median: number
  readonly samples: readonly number[]
}

/**
 * Medians of several works in milliseconds, taken in turns so that what slows the machine slows all of them. One
 * round to warm up is not counted.
 */
export function compare(rounds: number, ...works: readonly (() => unknown)[]): Promise<readonly Measured[]> {
  return inTurns(timed, rounds, works)
}

/** As {@link compare}, in processor time: for work that waits for nobody. */
export function compareCpu(rounds: number, ...works: readonly (() => unknown)[]): Promise<readonly Measured[]> {
  return inTurns(timedCpu, rounds, works)
}

async function inTurns(
  clock: typeof timed,
  rounds: number,
  works: readonly (() => unknown)[],
): Promise<readonly Measured[]> {
  const samples = works.map((): number[] => [])
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      globalThis.gc?.()
      const ms = await clock(work)
      if (round >= 0) samples[index]?.push(ms)
    }
  }
  return samples.map((one) => ({ median: quantile(one), samples: one.map((ms) => Math.round(ms * 10) / 10) }))
}
