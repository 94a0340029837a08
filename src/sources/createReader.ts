import { createCosmosReader } from './governance/cosmos/reader.js'
import type { CosmosReaderOptions } from './governance/cosmos/context.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import { createGovBaseReader } from './governance/govBase/reader.js'
import type { GovBaseReaderOptions } from './governance/govBase/context.js'
import { createGovernorReader } from './governance/governor/reader.js'
import type { GovernorReaderOptions } from './governance/governor/context.js'
import type { WemixvisorReaderOptions } from './governance/wemixvisorRpc/context.js'
import { createWemixvisorReader } from './governance/wemixvisorRpc/reader.js'
import { createWemixReader } from './governance/wemix/reader.js'
import type { WemixReaderOptions } from './governance/wemix/context.js'

export type { SyncProgress } from './governance/evm/EvmContext.js'

/** What the reader of each governance system is made from. */
export type ReaderOptions =
  | ({ readonly system: 'governor' } & GovernorReaderOptions)
  | ({ readonly system: 'gov-base' } & GovBaseReaderOptions)
  | ({ readonly system: 'wemix' } & WemixReaderOptions)
  | ({ readonly system: 'cosmos' } & CosmosReaderOptions)
  | ({ readonly system: 'wemixvisor-rpc' } & WemixvisorReaderOptions)

/** The reader of a governance system. Nothing is contacted before its first call. */
export function createReader(options: ReaderOptions): GovernanceReader {
  switch (options.system) {
    case 'governor':
      return createGovernorReader(options)
    case 'gov-base':
      return createGovBaseReader(options)
    case 'wemix':
      return createWemixReader(options)
    case 'cosmos':
      return createCosmosReader(options)
    case 'wemixvisor-rpc':
      return createWemixvisorReader(options)
  }
}
