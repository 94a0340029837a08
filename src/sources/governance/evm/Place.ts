import type { PublicClient } from 'viem'

/** Where a reading is made; stays the same until it is done. */
export interface Place {
  readonly chain: string
  readonly host: string
  /** Aborts with the reading. */
  readonly client: PublicClient
  readonly chainId: number
}
