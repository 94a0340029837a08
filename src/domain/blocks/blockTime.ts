import { memoizeByObject } from '../memoizeByObject.js'
import type { Head } from './head.js'

/** Number and time (Unix seconds) of a block. */
export type BlockSample = Pick<Head, 'number' | 'timestamp'>

/** Recently seen heads, oldest first, from which the block time is measured. */
export interface BlockTime {
  readonly samples: readonly BlockSample[]
}

export const emptyBlockTime: BlockTime = { samples: [] }

// Number of steps between samples that the pace is averaged over, and of the newest ones that decide which steps count.
// Long enough to smooth out single slow blocks, short enough to follow a chain that changes its pace.
const [mostSteps, mostRecent] = [30, 9]
// How many times faster or slower than the recent pace a step may be to count.
const mostTimes = 4

/**
 * Adds a head. A head below the last one starts over, because the chain stepped back; the same head changes nothing.
 */
export function stepBlockTime(known: BlockTime, { number, timestamp }: BlockSample): BlockTime {
  const last = known.samples.at(-1)
  if (last?.number === number) return known
  if (last !== undefined && number < last.number) return { samples: [{ number, timestamp }] }
  return { samples: [...known.samples, { number, timestamp }].slice(-mostSteps - 1) }
}

/**
 * Measured seconds per block: the average over the last thirty steps between samples, without those that are more than
 * four times faster or slower than the newest ones. A halt or a jump of the clock is left out, and so are the blocks
 * from before the chain changed its pace, however many they are. `undefined` until two heads with different times were
 * seen.
 */
export const secondsPerBlock: (known: BlockTime) => number | undefined = memoizeByObject((known) =>
  averageOf(stepsThatCount(known)),
)

/** The blocks and seconds between two samples. */
interface PaceStep {
  readonly blocks: number
  readonly seconds: number
}

/** Returns the steps that fit the pace of the newest ones. If that pace is not measurable yet, all of them. */
const stepsThatCount: (known: BlockTime) => readonly PaceStep[] = memoizeByObject(({ samples }) => {
  const steps = samples.flatMap((sample, index, all): PaceStep[] => {
    const before = all[index - 1]
    return before === undefined
      ? []
      : [{ blocks: Number(sample.number - before.number), seconds: Number(sample.timestamp - before.timestamp) }]
  })
  const pace = recentPace(steps)
  // Times are in whole seconds, so each of the two may be up to a second off.
  const fitting = steps.filter(
    ({ blocks, seconds }) =>
      seconds >= (pace * blocks) / mostTimes - 1 && seconds <= pace * blocks * mostTimes + 1 && pace > 0,
  )
  return averageOf(fitting) === undefined ? steps : fitting
})

/**
 * Returns the median of the newest steps, an odd number of them, so that of two the newer one counts. Blocks have times
 * in whole seconds, so on a chain with several blocks a second most steps take no time: there it is the average without
 * the slowest step, which may be a halt.
 */
function recentPace(steps: readonly PaceStep[]): number {
  const odd = steps.length % 2 === 0 ? steps.length - 1 : steps.length
  const recent = steps.slice(-Math.min(mostRecent, odd)).toSorted((a, b) => a.seconds / a.blocks - b.seconds / b.blocks)
  const middle = recent[(recent.length - 1) / 2]
  if (middle === undefined) return 0
  return middle.seconds > 0 ? middle.seconds / middle.blocks : (averageOf(recent.slice(0, -1)) ?? 0)
}

function averageOf(steps: readonly PaceStep[]): number | undefined {
  const blocks = steps.reduce((sum, step) => sum + step.blocks, 0)
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0)
  return seconds > 0 ? seconds / blocks : undefined
}

/** Returns the pace, in seconds per block, that this share of the blocks reached or beat. */
function paceAt(known: BlockTime, share: number): number | undefined {
  const steps = stepsThatCount(known).toSorted((a, b) => a.seconds / a.blocks - b.seconds / b.blocks)
  const wanted = steps.reduce((sum, { blocks }) => sum + blocks, 0) * share
  let passed = 0
  for (const { blocks, seconds } of steps) {
    passed += blocks
    // On a chain with several blocks a second, most steps take no time: the average counts there.
    if (passed >= wanted) return seconds > 0 ? seconds / blocks : secondsPerBlock(known)
  }
  return undefined
}

/**
 * Unix seconds at which `height` is expected, or was passed; `undefined` if the pace is unknown or the time is not
 * finite.
 */
export function etaOf(height: bigint, head: BlockSample | undefined, known: BlockTime): bigint | undefined {
  const pace = secondsPerBlock(known)
  if (head === undefined || pace === undefined) return undefined
  return timeAt(height, head, pace)
}

/** The earliest and the latest time at which a height may come, in Unix seconds. */
export interface EtaBand {
  readonly earliest: bigint
  readonly latest: bigint
}

// Quantiles of the pace.
const [quick, slow] = [0.1, 0.9]

/**
 * Returns when `height` comes if all blocks are as fast as the fastest tenth of the recent ones, or as slow as the
 * slowest tenth. The estimate of `etaOf` lies between the two. Returns `undefined` if the pace is unknown, the height
 * was passed, or the time is not finite.
 */
export function etaBandOf(height: bigint, head: BlockSample | undefined, known: BlockTime): EtaBand | undefined {
  const [least, pace, most] = [paceAt(known, quick), secondsPerBlock(known), paceAt(known, slow)]
  if (head === undefined || height <= head.number) return undefined
  if (least === undefined || pace === undefined || most === undefined) return undefined
  // An average may lie beyond a quantile.
  const [earliest, latest] = [timeAt(height, head, Math.min(least, pace)), timeAt(height, head, Math.max(most, pace))]
  return earliest === undefined || latest === undefined ? undefined : { earliest, latest }
}

/** Unix seconds at which a height comes at this pace; `undefined` if that is not finite. */
function timeAt(height: bigint, head: BlockSample, pace: number): bigint | undefined {
  const seconds = Math.round(Number(height - head.number) * pace)
  return Number.isFinite(seconds) ? head.timestamp + BigInt(seconds) : undefined
}
