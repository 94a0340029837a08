import { size, slice, hexToBigInt } from 'viem'
import type { Cast } from './decodeGovernorLog.js'

/** How one vote counts. */
export interface Split {
  readonly yes: bigint
  readonly no: bigint
  readonly abstain: bigint
}

/**
 * The three counts of a vote, or `undefined` where the contract's meaning of `support` is not known.
 *
 * GovernorCountingFractional: support 255 with 48 bytes of parameters, against, for and abstain, 16 bytes each.
 */
export function splitOf({ support, weight, params }: Pick<Cast, 'support' | 'weight' | 'params'>): Split | undefined {
  switch (support) {
    case 0:
      return { yes: 0n, no: weight, abstain: 0n }
    case 1:
      return { yes: weight, no: 0n, abstain: 0n }
    case 2:
      return { yes: 0n, no: 0n, abstain: weight }
    case 255:
      return params !== undefined && size(params) === 48
        ? { no: part(params, 0), yes: part(params, 16), abstain: part(params, 32) }
        : undefined
    default:
      return undefined
  }
}

function part(params: `0x${string}`, at: number): bigint {
  return hexToBigInt(slice(params, at, at + 16))
}
