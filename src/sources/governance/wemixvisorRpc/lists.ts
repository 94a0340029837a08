import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer, JsonRpcCall } from '../../jsonRpc/matchAnswers.js'
import { type Decoded, toProposal, type ToProposalContext } from './toProposal.js'
import { type StatusWord, statusWords } from './statusWords.js'
import type { Memory } from './context.js'

// Far above what any chain has open; bounds what a hostile answer can make us keep.
const maxProposals = 10_000

/** The words worth asking an endpoint for. */
export function wordsFor(endpoint: JsonRpcEndpoint, all: boolean, { refused }: Memory): readonly StatusWord[] {
  return statusWords(all).filter(({ word }) => refused.get(endpoint)?.has(word) !== true)
}

export function callFor({ word }: StatusWord): JsonRpcCall {
  return { method: 'gov/proposals', params: { proposal_status: word } }
}

/**
 * All entries of the lists that were asked for, as they came. A node knows one spelling of a status or both: a word
 * it refuses for good is not asked for again.
 *
 * @throws JsonRpcError where no spelling of a needed status is answered.
 */
export function entriesIn(
  endpoint: JsonRpcEndpoint,
  words: readonly StatusWord[],
  answers: readonly JsonRpcAnswer[],
  { refused }: Memory,
): readonly unknown[] {
  const told = new Set(words.flatMap(({ status }, at) => (answers[at]?.ok === true ? [status] : [])))
  words.forEach(({ status, word, isNeeded }, at) => {
    const answer = answers[at]
    if (answer === undefined || answer.ok) return
    if (isNeeded && !told.has(status)) throw answer.error
    if (answer.error.kind === 'permanent') refused.set(endpoint, new Set([...(refused.get(endpoint) ?? []), word]))
  })
  return answers.flatMap((answer) => (answer.ok ? listIn(answer.result) : [])).slice(0, maxProposals)
}

/** Go writes an empty list as null. */
export function listIn(result: unknown): readonly unknown[] {
  const list: unknown = isJsonObject(result) ? result['proposals'] : undefined
  if (list === null || list === undefined) return isJsonObject(result) ? [] : ['no list']
  return Array.isArray(list) ? list : ['no list']
}

/** The entries of lists, decoded. */
export interface DecodedList {
  /** As they came. */
  readonly entries: readonly unknown[]
  readonly decoded: ReadonlyMap<string, Decoded>
  readonly warnings: readonly string[]
}

export function decodeAll(entries: readonly unknown[], context: ToProposalContext): DecodedList {
  const decoded = new Map<string, Decoded>()
  const warnings: string[] = []
  for (const entry of entries) {
    const one = toProposal(entry, context)
    // It may move from list to list while they are read: the later list is right.
    if (typeof one === 'string') warnings.push(one)
    else decoded.set(one.proposal.id, one)
  }
  return { entries, decoded, warnings }
}

/** @throws SourceError where there are entries, and not one of them can be read. */
export function readLists(entries: readonly unknown[], context: ToProposalContext, place: string): DecodedList {
  const list = decodeAll(entries, context)
  if (entries.length > 0 && list.decoded.size === 0) {
    throw new SourceError(
      'transient',
      `${place} lists ${entries.length} proposals, and none of them can be read: ${list.warnings[0] ?? ''}`,
    )
  }
  return list
}
