import type { GovernanceReader } from './governance/GovernanceReader.js'
import { createGovernorReader } from './governance/governor/createGovernorReader.js'
import type { GovernorReaderOptions } from './governance/governor/GovernorContext.js'

export type { SyncProgress } from './governance/governor/GovernorContext.js'

/** One reader a governance system. */
const readers = { governor: createGovernorReader }

export type ReaderOptions = { readonly system: 'governor' } & GovernorReaderOptions

/** The reader of a governance system. Nothing is contacted before its first call. */
export function createReader({ system, ...options }: ReaderOptions): GovernanceReader {
  return readers[system](options)
}
