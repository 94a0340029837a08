import { isJsonObject, type JsonObject } from '../../domain/text/json.js'
import { withoutSecrets } from '../rpc/errors/withoutSecrets.js'
import { JsonRpcError } from './JsonRpcError.js'

/** One method call with named parameters. */
export interface JsonRpcCall {
  readonly method: string
  readonly params?: JsonObject
}

/** A call as it was sent, with its id. */
export interface SentCall extends JsonRpcCall {
  readonly id: number
}

/** The answer of a node to one call. */
export type JsonRpcAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: JsonRpcError }

type Entry = Readonly<Record<string, unknown>>

// Codes of the JSON-RPC specification that a retry does not cure.
const lasting: readonly unknown[] = [-32600, -32601, -32602]

/**
 * Finds the answer to each call in the parsed body of a response, in the order of the calls. Never throws.
 *
 * - An answer counts if it has `jsonrpc` 2.0, the id of the call (as a number or as text), and either a result or an
 *   error.
 * - Entries that answer no call, such as notifications or unknown ids, are ignored.
 * - The answer to a call that is answered twice, or not at all, is an error.
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

/** The id of an answer as text, because some servers return numeric ids as strings. */
export function idIn(entry: unknown): string | undefined {
  const id = isJsonObject(entry) ? entry['id'] : undefined
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined
}

/** The error for a request that the server could not read at all. It has no id, so it applies to every call. */
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
