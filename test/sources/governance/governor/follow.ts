import { followReader, type Follower } from '../../../support/followReader.js'
import { readsLocal } from '../evm/readerGiven.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernorReaderOptions } from '../../../../src/sources/governance/governor/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { checksummed } from '../../../../src/sources/governance/evm/contracts.js'

export type FollowOptions = Partial<Omit<GovernorReaderOptions, 'endpoints' | 'addresses'>> & {
  readonly urls: readonly string[]
  readonly addresses: readonly string[]
}

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, addresses, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'governor',
    ...readsLocal(urls),
    addresses: addresses.map((address) => checksummed(address, 'local')),
    ...options,
  })
}

/** Follows a chain as the monitor does. */
export const follow = (options: FollowOptions): Follower => followReader(readerOf(options))
