import { memoizeByObject } from '../memoizeByObject.js'
import type { Head } from './head.js'

/** Number and time (Unix seconds) of a block. */
export type BlockSample = Pick<Head, 'number' | 'timestamp'>

/** Heads seen lately, oldest first: enough to tell how fast blocks come. */
export interface BlockTime {
  readonly samples: readonly BlockSample[]
}

export const emptyBlockTime: BlockTime = { samples: [] }

// Long enough to smooth single slow blocks, short enough to follow a chain that changes its pace.
const maxSamples = 60

/** Adds a head. A head at or below the last one starts over: the chain stepped back. */
export function stepBlockTime(known: BlockTime, { number, timestamp }: BlockSample): BlockTime {
  const last = known.samples.at(-1)
  if (last?.number === number) return known
  if (last !== undefined && number < last.number) return { samples: [{ number, timestamp }] }
  return { samples: [...known.samples, { number, timestamp }].slice(-maxSamples) }
}

/**
 * Measured seconds a block: the median over the samples, weighted by the blocks they span, so that one
 * halt or one jump of the clock does not spoil it. Absent before two heads were seen.
 */
export const secondsPerBlock: (known: BlockTime) => number | undefined = memoizeByObject((known) => paceAt(known, 0.5))

/** The pace, in seconds a block, that this share of the blocks kept or beat. */
function paceAt({ samples }: BlockTime, share: number): number | undefined {
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

/** Unix seconds at which `height` is expected, or was passed; absent while the pace is unknown, or too far to count. */
export function etaOf(height: bigint, head: BlockSample | undefined, known: BlockTime): bigint | undefined {
  const pace = secondsPerBlock(known)
  if (head === undefined || pace === undefined) return undefined
  return timeAt(height, head, pace)
}

/** When a height may come at the earliest and at the latest, Unix seconds. */
export interface EtaBand {
  readonly earliest: bigint
  readonly latest: bigint
}

// A halt and a burst among the samples are left out at both ends.
const [quick, slow] = [0.1, 0.9]

/**
 * When `height` comes where all blocks are as quick, or as slow, as one in ten was lately: the estimate of `etaOf` lies
 * between. Absent while the pace is unknown, for a height that was passed, and where it is too far to count.
 */
export function etaBandOf(height: bigint, head: BlockSample | undefined, known: BlockTime): EtaBand | undefined {
  const [least, most] = [paceAt(known, quick), paceAt(known, slow)]
  if (head === undefined || height <= head.number || least === undefined || most === undefined) return undefined
  const [earliest, latest] = [timeAt(height, head, least), timeAt(height, head, most)]
  return earliest === undefined || latest === undefined ? undefined : { earliest, latest }
}

/** Unix seconds at which a height comes at this pace; absent where that is too far to count. */
function timeAt(height: bigint, head: BlockSample, pace: number): bigint | undefined {
  const seconds = Math.round(Number(height - head.number) * pace)
  return Number.isFinite(seconds) ? head.timestamp + BigInt(seconds) : undefined
}
