import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { type Dispatcher, errors } from 'undici'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { causeOf } from './causes.js'
import { type Ending, exchange, type RawAnswer } from './exchange.js'
import type { HttpRequest, HttpResponse } from './HttpClient.js'
import { RequestError } from './RequestError.js'

/** Sends a request over a dispatcher, and once more if a reused connection turned out to be closed. */
export async function sendRequest(
  dispatcher: Dispatcher,
  request: HttpRequest,
  proxy: string | undefined,
): Promise<HttpResponse> {
  const { signal, timeoutMs } = request
  if (signal.aborted) throw new RequestError('stopped', 'was not asked: the request was stopped.')
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`
  const ending: Ending = { end: () => undefined }
  const stop = (): void =>
    ending.end(new RequestError('stopped', 'did not finish its answer: the request was stopped.'))
  const timer = setTimeout(
    () => ending.end(new RequestError('late', `did not answer within ${timeoutMs} ms${way}.`)),
    timeoutMs,
  )
  signal.addEventListener('abort', stop, { once: true })
  try {
    const answer = await answerTo(dispatcher, request, ending)
    const { status, headers } = answer
    return { status, header: (name) => firstOf(headers[name.toLowerCase()]), text: await textOf(answer, request) }
  } catch (cause) {
    if (cause instanceof RequestError) throw cause
    const { code, what, todo } = causeOf(cause)
    throw new RequestError('unreachable', `cannot be reached${way} (${code}): ${what}. ${todo}`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

async function answerTo(dispatcher: Dispatcher, request: HttpRequest, ending: Ending): Promise<RawAnswer> {
  const { url, body, method = body === undefined ? 'GET' : 'POST', headers = {}, maxBytes } = request
  const asked = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { 'accept-encoding': 'gzip', ...basicAuthorization(url), ...lowered(headers) },
    ...defined({ body }),
  }
  const options = { maxBytes, tooLarge: () => tooLarge(maxBytes), ending }
  try {
    return await exchange(dispatcher, asked, options)
  } catch (cause) {
    if (request.once === true || !wasKeptTooLong(cause)) throw cause
    return exchange(dispatcher, asked, options)
  }
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Returns true if the server closed a reused connection at the moment it was used again, which it may do. */
function wasKeptTooLong(cause: unknown): boolean {
  return cause instanceof errors.SocketError && (cause.socket?.bytesRead ?? 0) > 0
}

/** Decodes the body as text. If only the status is needed, a broken body is no error. */
async function textOf(answer: RawAnswer, { maxBytes, statusOnly = false }: HttpRequest): Promise<string> {
  const { body, headers, cut } = answer
  try {
    if (cut !== undefined) throw cut
    const text = (await decoded(body, firstOf(headers['content-encoding']), maxBytes)).toString('utf8')
    // Some servers send a byte order mark first, which is not valid JSON.
    return text.startsWith('\ufeff') ? text.slice(1) : text
  } catch (cause) {
    if (statusOnly) return ''
    throw cause
  }
}

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

async function decoded(raw: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase()
  if (raw.length === 0 || (name !== 'gzip' && name !== 'x-gzip' && name !== 'deflate' && name !== 'br')) return raw
  try {
    return await decoders[name](raw, { maxOutputLength: maxBytes })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes)
    throw cause
  }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError('too-large', `answered with more than ${maxBytes} bytes.`)
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
