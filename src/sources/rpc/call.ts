import type { Abi } from 'viem'

/** One view function to read. */
export interface Call {
  readonly address: `0x${string}`
  readonly abi: Abi
  readonly functionName: string
  readonly args?: readonly unknown[]
  /** Sent as a separate eth_call in the same batch, because its answer may be too large for a multicall. */
  readonly alone?: boolean
}
