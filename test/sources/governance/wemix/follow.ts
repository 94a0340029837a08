import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { followReader, type Follower } from '../../../support/followReader.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { WemixReaderOptions } from '../../../../src/sources/governance/wemix/context.js'
import { createEvmEndpoints } from '../../../../src/sources/rpc/createEvmEndpoints.js'

export type FollowOptions = Partial<Omit<WemixReaderOptions, 'endpoints'>> & { readonly urls: readonly string[] }

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'wemix',
    chain: 'local',
    endpoints: createEvmEndpoints({ urls, timeoutMs: 20_000, http: createHttpClient() }),
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

/** The signal of a read that nobody stops. */
export const fresh = (): AbortSignal => new AbortController().signal
