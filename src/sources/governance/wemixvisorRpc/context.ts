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
  /** What each endpoint made of the words for a status. */
  readonly records: WeakMap<JsonRpcEndpoint, Map<string, WordRecord>>
}

/** What an endpoint made of a word when it was asked for last. */
export interface WordRecord {
  /** Whether it has ever given the list. */
  readonly isKnown: boolean
  readonly failuresInARow: number
  /** Host time at which it was refused for good, and then proven so. */
  readonly refusedAt?: number
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
