import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import type { OpeningMemory } from '../opening.js'
import type { NodeStatus } from './decode.js'
import type { StatusWord } from './statusWords.js'
import type { Rules } from './toProposal.js'

export interface WemixvisorReaderOptions {
  /** Name of the chain in the config. */
  readonly chain: string
  readonly endpoints: readonly JsonRpcEndpoint[]
  /** A node that names another network is refused. @defaultValue the network of the first node that names one */
  readonly chainId?: string
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface Memory extends OpeningMemory<JsonRpcEndpoint, Opened> {
  /** Host time of the last reading of all proposals, the closed ones included. */
  allReadAt?: number
  rules?: Rules
  /** What of the proposals that are over could not be read then. */
  unreadable?: readonly Unreadable[]
  /** Words for a status that an endpoint has refused for good. */
  readonly refused: WeakMap<JsonRpcEndpoint, Set<string>>
}

/** The answers to the first request of a reading. */
export interface Opened {
  readonly status: NodeStatus
  /** Whether what is over was asked for too, and the rules. */
  readonly all: boolean
  readonly words: readonly StatusWord[]
  /** The list of each word. */
  readonly lists: readonly JsonRpcAnswer[]
  readonly params?: JsonRpcAnswer
}

/** A proposal that has passed by the list it stands in, and cannot be read: it may call off a plan. */
export interface Unreadable {
  readonly id?: string
  readonly votingEnd?: bigint
}
