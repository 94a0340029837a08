import type { ChainConfig } from '../config/schema.js'
import { describeProposal } from '../domain/describeProposal.js'
import { createReader, type SyncProgress } from '../sources/createReader.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'
import { createEndpoints, type Endpoint, endpointsOf } from '../sources/rpc/createEndpoints.js'
import { type Act, actOn } from './actOn.js'
import { type ExtractPlan, findPlanOf } from './findPlanOf.js'

export interface ChainDeps {
  /** The host's own client instead of the configured URLs. */
  readonly client?: Endpoint['client']
  readonly extractPlan?: ExtractPlan
  readonly onProgress?: (progress: SyncProgress) => void
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** One chain, ready to be read and acted for. */
export interface Chain {
  readonly name: string
  readonly config: ChainConfig
  readonly reader: GovernanceReader
  /** Carries out what a committed turn asks for, and answers for each due upgrade. */
  readonly act: Act
}

/** Builds the reader and the writer of one chain. Nothing is contacted or touched before they are used. */
export function assembleChain(config: ChainConfig, { client, extractPlan, onProgress, now }: ChainDeps): Chain {
  const { name, rpc, governance, monitor } = config
  const endpoints = client === undefined ? createEndpoints({ urls: rpc.urls, timeoutMs: rpc.timeout }) : endpointsOf([client])
  const readerOver = (some: readonly Endpoint[]): GovernanceReader => createReader({
    system: governance.system,
    chain: name,
    endpoints: some,
    addresses: governance.address,
    fromBlock: BigInt(governance.fromBlock),
    finality: monitor.finality,
    maxLogRange: rpc.maxLogRange,
    describe: (raw) => describeProposal(raw, governance.classify),
    now,
    ...(rpc.chainId !== undefined && { chainId: rpc.chainId }),
    ...(onProgress !== undefined && { onProgress }),
  })
  // Only agreement asks the nodes one by one.
  const witnesses = rpc.agreement > 1 ? endpoints.map((endpoint) => readerOver([endpoint])) : []
  return { name, config, reader: readerOver(endpoints), act: actOn(config, { witnesses, findPlan: findPlanOf(config, extractPlan) }) }
}
