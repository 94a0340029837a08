import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { causeOf } from './causes.js'
import type { HttpClient, HttpRequest, HttpResponse } from './HttpClient.js'
import { RequestError } from './RequestError.js'

/** The `fetch` of the host, or a compatible one. */
export type Fetch = (url: URL, init: FetchInit) => Promise<Response>
/** The options that {@link Fetch} gets. */
export type FetchInit = RequestInit & { readonly cache: 'no-store' }

/**
 * Creates an HTTP client on top of `fetch`, for browsers, workers and other hosts without Node modules. Nothing is
 * contacted before the first request. A monitor uses `createHttpClient`, which also supports proxies, limits the number
 * of connections, and is not held up by dead name servers.
 */
export function createFetchClient(fetch: Fetch = (url, init) => globalThis.fetch(url, init)): HttpClient {
  return { request: (request) => sendByFetch(fetch, request) }
}

async function sendByFetch(fetch: Fetch, request: HttpRequest): Promise<HttpResponse> {
  const { signal, timeoutMs } = request
  if (signal.aborted) throw new RequestError('stopped', 'was not asked: the request was stopped.')
  const ending = new AbortController()
  let ended: 'stopped' | 'late' | undefined
  const end = (why: 'stopped' | 'late') => (): void => {
    ended ??= why
    ending.abort()
  }
  const [stop, expire] = [end('stopped'), end('late')]
  const timer = setTimeout(expire, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const response = await fetch(...wireOf(request, ending.signal))
    const text = await textOf(response, request)
    return { status: statusOf(response), header: (name) => response.headers.get(name) ?? undefined, text }
  } catch (cause) {
    if (cause instanceof RequestError) throw cause
    if (ended === 'stopped') throw new RequestError('stopped', 'did not finish its answer: the request was stopped.')
    if (ended === 'late') throw new RequestError('late', `did not answer within ${timeoutMs} ms.`)
    const { code, what, todo } = causeOf(cause)
    throw new RequestError('unreachable', `cannot be reached (${code}): ${what}. ${todo}`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // Cancels the rest of an answer that is not read to its end.
    ending.abort()
  }
}

/** Builds the arguments of `fetch`, which accepts no user and password within a URL. */
function wireOf(
  { url, body, method = body === undefined ? 'GET' : 'POST', headers = {} }: HttpRequest,
  signal: AbortSignal,
): [URL, FetchInit] {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return [
    bare,
    {
      method,
      headers: { ...basicAuthorization(url), ...headers },
      signal,
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
      ...defined({ body }),
    },
  ]
}

/** Returns the status of an answer. A browser hides the status of a redirect that it does not follow. */
export function statusOf({ type, status }: Response): number {
  return type === 'opaqueredirect' ? 302 : status
}

async function textOf({ body }: Response, { maxBytes, statusOnly = false }: HttpRequest): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const bytes: unknown = part.value
      if (!(bytes instanceof Uint8Array)) continue
      size += bytes.byteLength
      if (size > maxBytes && !statusOnly)
        throw new RequestError('too-large', `answered with more than ${maxBytes} bytes.`)
      if (size > maxBytes) return ''
      text += decoder.decode(bytes, { stream: true })
    }
  } catch (cause) {
    // The status is known, so a body that is cut off does not matter.
    if (statusOnly) return ''
    throw cause
  }
  return text + decoder.decode()
}
