import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer, JsonRpcCall } from '../../jsonRpc/matchAnswers.js'
import { type Decoded, idOf, toProposal, type ToProposalContext } from './toProposal.js'
import { type StatusWord, statusWords } from './statusWords.js'
import type { Memory, WordRecord } from './context.js'

// Maximum number of proposals kept. It is far above what any chain has open, and limits a hostile answer.
const maxProposals = 10_000

// Failures in a row until a word counts as refused. A node may lose one answer; one that uses another spelling refuses
// each time.
const provenAfter = 3
const askedAgainAfterMs = 600_000

/**
 * The words to request from an endpoint. A word that it refused repeatedly is requested only every ten minutes, because
 * a refusal may have been wrong and a node may use another spelling after its upgrade.
 */
export function wordsFor(
  endpoint: JsonRpcEndpoint,
  all: boolean,
  { records }: Memory,
  now: number,
): readonly StatusWord[] {
  return statusWords(all).filter(({ word }) => {
    const refusedAt = records.get(endpoint)?.get(word)?.refusedAt
    // Uses the absolute difference, so that a clock that was set back also leads to a new request.
    return refusedAt === undefined || Math.abs(now - refusedAt) >= askedAgainAfterMs
  })
}

export function callFor({ word }: StatusWord): JsonRpcCall {
  return { method: 'gov/proposals', params: { proposal_status: word } }
}

/**
 * All entries of the requested lists, as received. A node may know one spelling of a status or both. A spelling that it
 * never answered, or refused three times in a row, may be missing if another spelling of the status is answered.
 *
 * @throws JsonRpcError if no spelling of a needed status is answered, or one that was answered until now fails.
 */
export function entriesIn(
  endpoint: JsonRpcEndpoint,
  words: readonly StatusWord[],
  answers: readonly JsonRpcAnswer[],
  { records }: Memory,
  now: number,
): readonly unknown[] {
  const told = new Set(words.flatMap(({ status }, at) => (answers[at]?.ok === true ? [status] : [])))
  const known = records.get(endpoint) ?? new Map<string, WordRecord>()
  records.set(endpoint, known)
  const missing = words.flatMap(({ status, word, isNeeded }, at) => {
    const answer = answers[at]
    if (answer === undefined) return []
    const record = stepRecord(known.get(word), answer, now)
    known.set(word, record)
    const mayBeMissing = told.has(status) && (!record.isKnown || record.failuresInARow >= provenAfter)
    return answer.ok || !isNeeded || mayBeMissing ? [] : [answer.error]
  })
  if (missing[0] !== undefined) throw missing[0]
  return answers.flatMap((answer) => (answer.ok ? listIn(answer.result) : [])).slice(0, maxProposals)
}

function stepRecord(record: WordRecord | undefined, answer: JsonRpcAnswer, now: number): WordRecord {
  if (answer.ok) return { isKnown: true, failuresInARow: 0 }
  const failuresInARow = Math.min(provenAfter, (record?.failuresInARow ?? 0) + 1)
  const isRefused = answer.error.kind === 'permanent' && failuresInARow === provenAfter
  return { isKnown: record?.isKnown ?? false, failuresInARow, ...(isRefused && { refusedAt: now }) }
}

/** Extracts the list. Go encodes an empty list as null. */
export function listIn(result: unknown): readonly unknown[] {
  const list: unknown = isJsonObject(result) ? result['proposals'] : undefined
  if (list === null || list === undefined) return isJsonObject(result) ? [] : ['no list']
  return Array.isArray(list) ? list : ['no list']
}

/** The entries of lists, decoded. */
export interface DecodedList {
  /** As received. */
  readonly entries: readonly unknown[]
  readonly decoded: ReadonlyMap<string, Decoded>
  readonly warnings: readonly string[]
}

export function decodeAll(entries: readonly unknown[], context: ToProposalContext): DecodedList {
  const decoded = new Map<string, Decoded>()
  const warnings: string[] = []
  for (const entry of entries) {
    const one = toProposal(entry, context)
    // A proposal may move from list to list between the answers; the later list is right.
    if (typeof one === 'string') warnings.push(one)
    else decoded.set(one.proposal.id, one)
  }
  return { entries, decoded, warnings }
}

/** The list without these proposals. */
export function without(list: DecodedList, ids: ReadonlySet<string>): DecodedList {
  return {
    ...list,
    entries: list.entries.filter((entry) => !isJsonObject(entry) || !ids.has(idOf(entry) ?? '')),
    decoded: new Map([...list.decoded].filter(([id]) => !ids.has(id))),
  }
}

/** @throws SourceError if there are entries but none can be read. */
export function readLists(entries: readonly unknown[], context: ToProposalContext, place: string): DecodedList {
  const list = decodeAll(entries, context)
  if (entries.length > 0 && list.decoded.size === 0) {
    throw new SourceError('transient', `${place} lists only proposals that cannot be read: ${list.warnings[0] ?? ''}`)
  }
  return list
}
