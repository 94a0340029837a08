import { memoizeByObject } from '../memoizeByObject.js'
import type { Head } from './head.js'

/** Number and time (Unix seconds) of a block. */
export type BlockSample = Pick<Head, 'number' | 'timestamp'>

/** Recently seen heads, oldest first, from which the block time is measured. */
export interface BlockTime {
  readonly samples: readonly BlockSample[]
}

export const emptyBlockTime: BlockTime = { samples: [] }

// Long enough to smooth out single slow blocks, short enough to follow a chain that changes its pace.
const maxSamples = 60

/**
 * Adds a head. A head below the last one starts over, because the chain stepped back; the same head changes nothing.
 */
export function stepBlockTime(known: BlockTime, { number, timestamp }: BlockSample): BlockTime {
  const last = known.samples.at(-1)
  if (last?.number === number) return known
  if (last !== undefined && number < last.number) return { samples: [{ number, timestamp }] }
  return { samples: [...known.samples, { number, timestamp }].slice(-maxSamples) }
}

/**
 * Measured seconds per block: the median over the samples, weighted by the number of blocks they span, so that a single
 * halt or clock jump does not distort it. `undefined` until two heads with different times were seen.
 */
export const secondsPerBlock: (known: BlockTime) => number | undefined = memoizeByObject((known) => paceAt(known, 0.5))

/**
 * Returns the pace, in seconds per block, that this share of the blocks reached or beat. Blocks have times in whole
 * seconds, so on a chain with several blocks a second most steps take no time: the average counts there, and where a
 * node gives times that go back.
 */
function paceAt(known: BlockTime, share: number): number | undefined {
  const pace = quantileOf(known, share)
  return pace !== undefined && pace <= 0 ? averageOf(known) : pace
}

function averageOf({ samples }: BlockTime): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.timestamp <= first.timestamp) return undefined
  return Number(last.timestamp - first.timestamp) / Number(last.number - first.number)
}

function quantileOf({ samples }: BlockTime, share: number): number | undefined {
  const steps = samples
    .slice(1)
    .map((sample, index) => {
      const before = samples[index] ?? sample
      const blocks = Number(sample.number - before.number)
      return { blocks, pace: Number(sample.timestamp - before.timestamp) / blocks }
    })
    .sort((a, b) => a.pace - b.pace)
  const wanted = steps.reduce((sum, { blocks }) => sum + blocks, 0) * share
  let passed = 0
  for (const { blocks, pace } of steps) {
    passed += blocks
    if (passed >= wanted) return pace
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

// Quantiles of the pace. A halt or a burst among the samples falls outside them.
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
  // An average may lie beyond the median.
  const [earliest, latest] = [timeAt(height, head, Math.min(least, pace)), timeAt(height, head, Math.max(most, pace))]
  return earliest === undefined || latest === undefined ? undefined : { earliest, latest }
}

/** Unix seconds at which a height comes at this pace; `undefined` if that is not finite. */
function timeAt(height: bigint, head: BlockSample, pace: number): bigint | undefined {
  const seconds = Math.round(Number(height - head.number) * pace)
  return Number.isFinite(seconds) ? head.timestamp + BigInt(seconds) : undefined
}
