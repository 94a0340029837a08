import type { BlockTime } from '../../blocks/blockTime.js'
import type { Head } from '../../blocks/head.js'

/** Of which chain an example is told, and when. */
export interface ExampleOptions {
  readonly chain: string
  readonly system: string
  readonly contract: string
  /** Unix milliseconds. */
  readonly now: number
  readonly labels?: Readonly<Record<string, string>>
}

/** The height of the upgrade in all examples. */
export const height = 1_234_567
/** The block of all examples: three hours and twenty minutes before it, at three seconds a block. */
export const at = BigInt(height) - 4_000n
const secondsPerBlock = 3n

/** The id of the proposal in all examples. */
export const id = '42'

/** Unix seconds. */
export function timeOf({ now }: Pick<ExampleOptions, 'now'>): bigint {
  return BigInt(Math.floor(now / 1_000))
}

export function headAt(time: bigint, number = at): Head {
  return { number, hash: `0x${'a'.repeat(64)}`, parentHash: `0x${'b'.repeat(64)}`, timestamp: time }
}

export function paceAt(time: bigint): BlockTime {
  const before = 1_000n
  return {
    samples: [
      { number: at - before, timestamp: time - before * secondsPerBlock },
      { number: at, timestamp: time },
    ],
  }
}
