import { readBody } from '../http/readBody.js'

// Above what any sane window of logs answers; viem stops reading there.
export const maxResponseBytes = 32 * 1024 * 1024

/**
 * `fetch` for viem's HTTP transport that refuses a batch answer it cannot trust.
 *
 * viem sorts a batch by id and then goes by position: a missing, foreign or repeated id would hand an answer to
 * the wrong question. So an answer to a batch must hold every id of the request exactly once.
 *
 * @throws Error where it does not; viem makes it a failed request, which is transient.
 */
export const strictFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const asked = idsOf(init?.body)
  if (asked === undefined || !response.ok) return response
  const text = await readBody(response, maxResponseBytes)
  if (text === undefined) throw new Error(`The node answered with more than ${maxResponseBytes} bytes.`)
  const kept = new Headers({ 'Content-Type': response.headers.get('Content-Type') ?? 'application/json' })
  const whole = { status: response.status, headers: kept }
  if (namesEachOnce(asked, text)) return new Response(text, whole)
  const answer = parse(text)
  checkIds(asked, answer)
  return new Response(refusalOf(answer) ?? text, whole)
}

/**
 * Most answers hold no other id than those asked for, which is seen without parsing megabytes of logs once more. All
 * else, such as an id inside a result, wants the close look.
 */
function namesEachOnce(asked: ReadonlySet<unknown>, text: string): boolean {
  if (!text.startsWith('[')) return false
  const named = Array.from(text.matchAll(/"id"\s*:\s*(\d+)/g), ([, id]) => Number(id))
  return named.length === asked.size && new Set(named).size === asked.size && named.every((id) => asked.has(id))
}

/** Ids of a batch request; `undefined` for a single one. */
function idsOf(body: unknown): ReadonlySet<unknown> | undefined {
  if (typeof body !== 'string' || !body.startsWith('[')) return undefined
  return new Set(elementsOf(JSON.parse(body)).map(idOf))
}

/** A refusal of the whole batch that viem would not know for one: its error is a text, or has no code. */
function refusalOf(answer: unknown): string | undefined {
  if (!isRecord(answer) || Array.isArray(answer)) return undefined
  const { error } = answer
  const message = isRecord(error) ? error['message'] : error
  if (typeof message !== 'string' || (isRecord(error) && typeof error['code'] === 'number')) return undefined
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message } })
}

function checkIds(asked: ReadonlySet<unknown>, answer: unknown): void {
  // A single object is the refusal of the whole batch, as is a lone error: viem gives it to every call.
  if (!Array.isArray(answer)) return
  const answers = elementsOf(answer)
  if (answers.length === 1 && asked.size > 1 && isRecord(answers[0]) && 'error' in answers[0]) return
  const seen = new Set(answers.map(idOf))
  if (answers.length !== asked.size || seen.size !== asked.size || [...asked].some((id) => !seen.has(id))) {
    throw new Error(`The node answered a batch of ${asked.size} calls with ids that do not match.`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // viem says what is wrong with it
  }
}

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function idOf(call: unknown): unknown {
  return isRecord(call) ? call['id'] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
