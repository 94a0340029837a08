import { followReader, type Follower } from '../../../support/followReader.js'
import { readsLocal } from '../evm/readerGiven.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { WemixReaderOptions } from '../../../../src/sources/governance/wemix/context.js'

export type FollowOptions = Partial<Omit<WemixReaderOptions, 'endpoints'>> & { readonly urls: readonly string[] }

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'wemix',
    ...readsLocal(urls),
    ...options,
  })
}

/** Follows a chain as the monitor does. */
export const follow = (options: FollowOptions): Follower => followReader(readerOf(options))

/** The signal of a read that is never aborted. */
export const fresh = (): AbortSignal => new AbortController().signal
