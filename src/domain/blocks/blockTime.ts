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
export const secondsPerBlock: (known: BlockTime) => number | undefined = memoizeByObject(measure)

function measure({ samples }: BlockTime): number | undefined {
  const steps = samples
    .slice(1)
    .map((sample, index) => {
      const before = samples[index] ?? sample
      const blocks = Number(sample.number - before.number)
      return { blocks, pace: Number(sample.timestamp - before.timestamp) / blocks }
    })
    .sort((a, b) => a.pace - b.pace)
  const half = steps.reduce((sum, { blocks }) => sum + blocks, 0) / 2
  let passed = 0
  for (const { blocks, pace } of steps) {
    passed += blocks
    if (passed >= half) return pace
  }
  return undefined
}

/** Unix seconds at which `height` is expected, or was passed; absent while the pace is unknown, or too far to count. */
export function etaOf(height: bigint, head: BlockSample | undefined, known: BlockTime): bigint | undefined {
  const pace = secondsPerBlock(known)
  if (head === undefined || pace === undefined) return undefined
  const seconds = Math.round(Number(height - head.number) * pace)
  return Number.isFinite(seconds) ? head.timestamp + BigInt(seconds) : undefined
}
