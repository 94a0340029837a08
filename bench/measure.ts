/** One row of the table: a measurement and its baseline. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly baseline: number
  /** `ours / baseline`, or its inverse if more is better: how many times the cost of the baseline ours is. */
  readonly ratio: number
  /** Maximum ratio; absent if there is no goal. */
  readonly goal?: number
  readonly details: Readonly<Record<string, string | number | readonly number[]>>
}

/** Returns the median of the samples, or another quantile. */
export function quantile(samples: readonly number[], share = 0.5): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Returns the milliseconds that `work` takes. */
async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Returns the CPU time of `work` in milliseconds, garbage collection included. */
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
 * Returns medians of several works in milliseconds. The works run in turns, so that a slow phase of the machine affects
 * all of them. One warm-up round is not counted.
 */
export function compare(rounds: number, ...works: readonly (() => unknown)[]): Promise<readonly Measured[]> {
  return inTurns(timed, rounds, works)
}

/** As {@link compare}, in CPU time, for work that does not wait. */
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
