import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { followReader, type Follower } from '../../../support/followReader.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernorReaderOptions } from '../../../../src/sources/governance/governor/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { checksummed } from '../../../../src/sources/governance/evm/contracts.js'
import { createEvmEndpoints } from '../../../../src/sources/rpc/createEvmEndpoints.js'

export type FollowOptions = Partial<Omit<GovernorReaderOptions, 'endpoints' | 'addresses'>> & {
  readonly urls: readonly string[]
  readonly addresses: readonly string[]
}

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, addresses, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'governor',
    chain: 'local',
    endpoints: createEvmEndpoints({ urls, timeoutMs: 20_000, http: createHttpClient() }),
    addresses: addresses.map((address) => checksummed(address, 'local')),
    fromBlock: 0n,
    finality: 'latest',
    maxLogRange: 10_000,
    describe: (raw) => describeProposal(raw, []),
    now: () => Date.now(),
    ...options,
  })
}

/** Follows a chain as the monitor does. */
export const follow = (options: FollowOptions): Follower => followReader(readerOf(options))
