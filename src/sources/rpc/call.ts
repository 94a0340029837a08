import type { Abi } from 'viem'

/** One view to read. */
export interface Call {
  readonly address: `0x${string}`
  readonly abi: Abi
  readonly functionName: string
  readonly args?: readonly unknown[]
  /** Asked by an eth_call of its own, in the same batch: its answer may be more than a multicall holds. */
  readonly alone?: boolean
}
