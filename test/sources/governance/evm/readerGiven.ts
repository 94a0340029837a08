import { describeProposal, type RawProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { createEvmEndpoints } from '../../../../src/sources/rpc/createEvmEndpoints.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'

/** The options of a reader of the chain `local` at these nodes, as the monitor would set them for any system. */
export const readsLocal = (urls: readonly string[]) => ({
  chain: 'local',
  endpoints: createEvmEndpoints({ urls, timeoutMs: 60_000, http: createHttpClient() }),
  fromBlock: 0n,
  finality: 'latest' as const,
  maxLogRange: 10_000,
  describe: (raw: RawProposal) => describeProposal(raw, []),
  now: () => Date.now(),
})
