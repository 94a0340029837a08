import type { Address } from 'viem'
import { describeProposal, type DescribedProposal, type RawProposal } from '../domain/proposals/describeProposal.js'
import type { CosmosReaderOptions } from './governance/cosmos/context.js'
import { createCosmosReader } from './governance/cosmos/reader.js'
import type { EvmOptions } from './governance/evm/context.js'
import type { Finality } from './governance/evm/target.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import { createEntrypointReader } from './governance/upgradeEntrypoint/reader.js'
import type { ForkConfigReaderOptions } from './governance/forkConfig/context.js'
import { createForkConfigReader } from './governance/forkConfig/reader.js'
import { createGovBaseReader } from './governance/govBase/reader.js'
import { createGovernorReader } from './governance/governor/reader.js'
import type { SignalReaderOptions } from './governance/signal/context.js'
import { createSignalReader } from './governance/signal/reader.js'
import { createWemixReader } from './governance/wemix/reader.js'
import type { WemixvisorReaderOptions } from './governance/wemixvisorRpc/context.js'
import { createWemixvisorReader } from './governance/wemixvisorRpc/reader.js'

export type { SyncProgress } from './governance/evm/context.js'

/** The options of a reader that have defaults. */
export interface ReaderDefaults {
  /** The newest block that is read: a block tag, or a number of blocks behind the head. @defaultValue `latest` */
  readonly finality?: Finality
  /**
   * Maximum number of blocks in one eth_getLogs request; halved automatically if a node accepts fewer. @defaultValue
   * 10,000
   */
  readonly maxLogRange?: number
  /**
   * First block of the history: the block the contract was deployed in, or an earlier one.
   *
   * @defaultValue 0, which takes long on a long chain
   */
  readonly fromBlock?: bigint | number
  /**
   * Derives title, type and plan of a proposal from its text and calls.
   *
   * @defaultValue `describeProposal` without extra rules
   */
  readonly describe?: (raw: RawProposal) => DescribedProposal
  /** Returns the time in Unix milliseconds. @defaultValue the clock of the host */
  readonly now?: () => number
}

/**
 * The options of a reader of an EVM system. `Where` adds the contracts it reads. Addresses may be in any letter case.
 */
export type EvmReaderOptions<Where> = Omit<EvmOptions, keyof ReaderDefaults> & ReaderDefaults & Where

/**
 * The options of a reader, by governance system. If the wemix registry is not given, it is found the way nodes find it.
 */
export type ReaderOptions =
  | EvmReaderOptions<{
      readonly system: 'governor'
      readonly addresses: readonly Address[]
      /** Accounts whose votes are requested with each poll. @defaultValue none */
      readonly voters?: readonly string[]
    }>
  | EvmReaderOptions<{ readonly system: 'gov-base'; readonly addresses: readonly Address[] }>
  | EvmReaderOptions<{ readonly system: 'wemix'; readonly registry?: Address }>
  | EvmReaderOptions<{ readonly system: 'upgrade-entrypoint'; readonly addresses: readonly Address[] }>
  | ({ readonly system: 'cosmos' } & Omit<CosmosReaderOptions, 'now'> & Pick<ReaderDefaults, 'now'>)
  | ({ readonly system: 'signal' } & Omit<SignalReaderOptions, 'now' | 'describe'> &
      Pick<ReaderDefaults, 'now' | 'describe'>)
  | ({ readonly system: 'fork-config' } & Omit<ForkConfigReaderOptions, 'now' | 'describe'> &
      Pick<ReaderDefaults, 'now' | 'describe'>)
  | ({ readonly system: 'wemixvisor-rpc' } & Omit<WemixvisorReaderOptions, 'now' | 'describe'> &
      Pick<ReaderDefaults, 'now' | 'describe'>)

const defaults = {
  finality: 'latest',
  maxLogRange: 10_000,
  fromBlock: 0n,
  describe: (raw: RawProposal) => describeProposal(raw, []),
  now: () => Date.now(),
} as const

/** Creates the reader of a governance system. It sends no request before the first call of a method. */
export function createReader(options: ReaderOptions): GovernanceReader {
  switch (options.system) {
    case 'governor':
      return createGovernorReader({ ...defaults, ...options })
    case 'gov-base':
      return createGovBaseReader({ ...defaults, ...options })
    case 'wemix':
      return createWemixReader({ ...defaults, ...options })
    case 'upgrade-entrypoint':
      return createEntrypointReader({ ...defaults, ...options })
    case 'cosmos':
      return createCosmosReader({ now: defaults.now, ...options })
    case 'signal':
      return createSignalReader({ describe: defaults.describe, now: defaults.now, ...options })
    case 'fork-config':
      return createForkConfigReader({ describe: defaults.describe, now: defaults.now, ...options })
    case 'wemixvisor-rpc':
      return createWemixvisorReader({ describe: defaults.describe, now: defaults.now, ...options })
  }
}
