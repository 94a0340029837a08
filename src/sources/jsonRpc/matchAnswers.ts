import { isJsonObject, type JsonObject } from '../../domain/text/json.js'
import { withoutSecrets } from '../rpc/errors/withoutSecrets.js'
import { JsonRpcError } from './JsonRpcError.js'

/** One method to call. Parameters go by name. */
export interface JsonRpcCall {
  readonly method: string
  readonly params?: JsonObject
}

/** A call as it was sent. */
export interface SentCall extends JsonRpcCall {
  readonly id: number
}

/** What a node answered to one call. */
export type JsonRpcAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: JsonRpcError }

type Entry = Readonly<Record<string, unknown>>

// Of the codes of the specification these do not go away by asking again.
const lasting: readonly unknown[] = [-32600, -32601, -32602]

/**
 * Finds the answer to each call in the parsed body of a response, in the order of the calls. Never throws.
 *
 * - An answer counts with `jsonrpc` 2.0, the id of the call (as a number or as text), and either a result or an error.
 * - Entries that answer nobody, such as notifications and ids of others, are left out.
 * - A call that is answered twice, or not at all, has an error in place of its answer.
 */
export function matchAnswers(
  calls: readonly SentCall[],
  body: unknown,
  place: string,
  conceal: (text: string) => string = (text) => text,
): readonly JsonRpcAnswer[] {
  const entries = (Array.isArray(body) ? body : [body]).filter(
    (entry): entry is Entry => isJsonObject(entry) && !('method' in entry),
  )
  const refusal = refusalOf(entries, place, conceal)
  return calls.map(({ id, method }): JsonRpcAnswer => {
    const own = entries.filter((entry) => idIn(entry) === String(id))
    const [entry] = own
    if (entry === undefined) return refusal ?? failed(`${place} did not answer ${method}.`)
    return own.length > 1
      ? failed(`${place} answered ${method} more than once.`)
      : answerIn(entry, `${place} answers ${method}`, conceal)
  })
}

/** The id of an answer as text: some servers write the numbers they were given as texts. */
export function idIn(entry: unknown): string | undefined {
  const id = isJsonObject(entry) ? entry['id'] : undefined
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined
}

/** The error of a request that the server could not even read: it has no id to answer to. */
function refusalOf(
  entries: readonly Entry[],
  place: string,
  conceal: (text: string) => string,
): JsonRpcAnswer | undefined {
  const [entry, ...others] = entries
  return entry !== undefined &&
    others.length === 0 &&
    (entry['id'] ?? null) === null &&
    (entry['error'] ?? null) !== null
    ? answerIn(entry, `${place} refuses the request`, conceal)
    : undefined
}

function answerIn(entry: Entry, doing: string, conceal: (text: string) => string): JsonRpcAnswer {
  const { jsonrpc, error = null } = entry
  if (jsonrpc !== '2.0') return failed(`${doing} in another protocol than JSON-RPC 2.0.`)
  if (error === null)
    return 'result' in entry
      ? { ok: true, result: entry['result'] }
      : failed(`${doing} with neither a result nor an error.`)
  if ((entry['result'] ?? null) !== null) return failed(`${doing} with both a result and an error.`)
  const { code, message, data }: Entry = isJsonObject(error) ? error : { message: error }
  const said = [message, data].filter((part) => typeof part === 'string' && part.trim() !== '').join(': ')
  const number = typeof code === 'number' && Number.isInteger(code) ? code : undefined
  const why = `${said === '' ? 'no reason' : withoutSecrets(conceal(said))}${number === undefined ? '' : ` (code ${number})`}`
  return {
    ok: false,
    error: new JsonRpcError(
      lasting.includes(number) ? 'permanent' : 'transient',
      `${doing} with an error: ${why}.`,
      number,
      data,
    ),
  }
}

function failed(message: string): JsonRpcAnswer {
  return { ok: false, error: new JsonRpcError('transient', message) }
}
