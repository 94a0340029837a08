import { EventEmitter } from 'node:events'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { type Dispatcher, errors } from 'undici'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { causeOf } from './causes.js'
import type { HttpRequest, HttpResponse } from './HttpClient.js'
import { RequestError } from './RequestError.js'

type Answer = Dispatcher.ResponseData

/** One request over a dispatcher, and once more where a kept connection turned out to be closed. */
export async function sendRequest(
  dispatcher: Dispatcher,
  request: HttpRequest,
  proxy: string | undefined,
): Promise<HttpResponse> {
  const { signal, timeoutMs, statusOnly = false } = request
  if (signal.aborted) throw new RequestError('stopped', 'was not asked: the request was stopped.')
  // What undici listens to: cheaper than a second AbortController, and each request has its own.
  const ending = new EventEmitter()
  let ended: 'stopped' | 'late' | undefined
  const end = (why: 'stopped' | 'late') => (): void => {
    ended ??= why
    ending.emit('abort')
  }
  const [stop, expire] = [end('stopped'), end('late')]
  const timer = setTimeout(expire, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    // What waits for a connection hears of the end only when it gets one.
    const answer = await Promise.race([opened(dispatcher, request, ending), endOf(ending)])
    const text = await textOf(answer, request).catch((cause: unknown) => {
      // The status is known: what breaks off after it changes nothing.
      if (statusOnly) return ''
      throw cause
    })
    return { status: answer.statusCode, header: (name) => firstOf(answer.headers[name.toLowerCase()]), text }
  } catch (cause) {
    if (cause instanceof RequestError) throw cause
    if (ended === 'stopped') throw new RequestError('stopped', 'was not heard to the end: the request was stopped.')
    if (ended === 'late') throw new RequestError('late', `did not answer within ${timeoutMs} ms.`)
    const { code, what, todo } = causeOf(cause)
    throw new RequestError(
      'unreachable',
      `cannot be reached${proxy === undefined ? '' : ` through the proxy ${proxy}`} (${code}): ${what}. ${todo}`,
    )
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Rejects when the request has come to its end. */
function endOf(ending: EventEmitter): Promise<never> {
  return new Promise((_resolve, reject) => ending.once('abort', () => reject(new Error('The request has ended.'))))
}

async function opened(dispatcher: Dispatcher, request: HttpRequest, ending: EventEmitter): Promise<Answer> {
  const { url, body, method = body === undefined ? 'GET' : 'POST', headers = {} } = request
  const options = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { 'accept-encoding': 'gzip', ...basicAuthorization(url), ...lowered(headers) },
    ...defined({ body }),
    signal: ending,
  }
  try {
    return await dispatcher.request(options)
  } catch (cause) {
    if (request.once === true || !wasKeptTooLong(cause)) throw cause
    return dispatcher.request(options)
  }
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The server closed a connection that had served before, as it may, in the moment it was used again. */
function wasKeptTooLong(cause: unknown): boolean {
  return cause instanceof errors.SocketError && (cause.socket?.bytesRead ?? 0) > 0
}

async function textOf({ body, headers }: Answer, { maxBytes, statusOnly = false }: HttpRequest): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    const bytes: unknown = chunk
    if (!Buffer.isBuffer(bytes)) continue
    size += bytes.byteLength
    // Leaving the loop cuts off the rest of the answer.
    if (size > maxBytes) {
      if (statusOnly) return ''
      throw tooLarge(maxBytes)
    }
    chunks.push(bytes)
  }
  const [first, ...others] = chunks
  const raw = first === undefined ? Buffer.alloc(0) : others.length === 0 ? first : Buffer.concat(chunks)
  const text = (await decoded(raw, firstOf(headers['content-encoding']), maxBytes)).toString('utf8')
  // Some servers begin with a mark of the byte order, which is no JSON.
  return text.startsWith('\ufeff') ? text.slice(1) : text
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
