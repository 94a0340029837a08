import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import type { OpeningMemory } from '../opening.js'
import type { NodeStatus } from './decode.js'
import type { StatusWord } from './statusWords.js'
import type { Rules } from './toProposal.js'

export interface WemixvisorReaderOptions {
  /** Name of the chain in the configuration. */
  readonly chain: string
  readonly endpoints: readonly JsonRpcEndpoint[]
  /**
   * Expected network; a node that names another one is refused. @defaultValue the network of the first node that names
   * one
   */
  readonly chainId?: string
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

/** What the reader learns once and keeps in memory. None of it has to survive a restart. */
export interface Memory extends OpeningMemory<JsonRpcEndpoint, Opened> {
  /** Host time of the last believed reading of all proposals, including the closed ones. */
  allReadAt?: number
  /** Host time of the last believed reading. */
  readAt?: number
  /** The reading that is not believed yet. `at` is host time. */
  unvouched?: { readonly at: number; readonly all: boolean }
  rules?: Rules
  /** The closed proposals that could not be read at that time. */
  unreadable?: readonly Unreadable[]
  /** How each endpoint answers each word for a status. */
  readonly records: WeakMap<JsonRpcEndpoint, Map<string, WordRecord>>
}

/** How an endpoint answered a word when last asked. */
export interface WordRecord {
  /** Whether it has ever returned the list. */
  readonly isKnown: boolean
  readonly failuresInARow: number
  /** Host time at which a permanent refusal was confirmed by repetition. */
  readonly refusedAt?: number
}

/** The answers to the first request of a reading. */
export interface Opened {
  readonly status: NodeStatus
  /** Whether closed proposals and the rules were requested too. */
  readonly all: boolean
  readonly words: readonly StatusWord[]
  /** One list per word. */
  readonly lists: readonly JsonRpcAnswer[]
  readonly params?: JsonRpcAnswer
}

/** A proposal that is in a list of passed ones but cannot be read. It may cancel a plan. */
export interface Unreadable {
  readonly id?: string
  readonly votingEnd?: bigint
}
