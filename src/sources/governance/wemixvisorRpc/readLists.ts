import { isJsonObject } from '../../../domain/text/json.js'
import type { Answer, Call } from '../../jsonRpc/matchAnswers.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { Memory } from './WemixvisorContext.js'
import { type StatusWord, statusWords } from './statusWords.js'

// Far above what any chain has open; bounds what a hostile answer can make us keep.
const maxProposals = 10_000

/** The words worth asking an endpoint for. */
export function wordsFor(endpoint: JsonRpcEndpoint, all: boolean, { refused }: Memory): readonly StatusWord[] {
  return statusWords(all).filter(({ word }) => refused.get(endpoint)?.has(word) !== true)
}

export function callFor({ word }: StatusWord): Call {
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
  answers: readonly Answer[],
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
