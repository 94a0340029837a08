import type { GovernanceReader } from './governance/GovernanceReader.js'
import { createGovernorReader } from './governance/governor/createGovernorReader.js'
import type { GovernorReaderOptions } from './governance/governor/GovernorContext.js'

export type { SyncProgress } from './governance/governor/GovernorContext.js'

/** What the reader of each governance system is made from. */
export type ReaderOptions =
  | ({ readonly system: 'governor' } & GovernorReaderOptions)

/** The reader of a governance system. Nothing is contacted before its first call. */
export function createReader(options: ReaderOptions): GovernanceReader {
  switch (options.system) {
    case 'governor': return createGovernorReader(options)
  }
}
