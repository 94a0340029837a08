import { requestContext, type RequestContextOptions } from './requestContext.js'
import { type HttpJsonResponse, requestJson } from './requestJson.js'

/** One HTTP server of a chain. Its full URL stays private. */
export interface HttpEndpoint {
  /** Host and port: the only part of the URL that is ever shown. */
  readonly host: string
  /**
   * Requests a path below the URL. Query parameters of the URL itself are kept, because they may hold a key.
   *
   * @param own - Headers of this request only.
   * @throws SourceError if no answer comes in time, the answer is too large, or a successful answer is not JSON.
   */
  get(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    own?: Readonly<Record<string, string>>,
  ): Promise<HttpJsonResponse>
}

export interface HttpEndpointOptions extends RequestContextOptions {
  /** Name of the chain, for error messages. */
  readonly chain: string
  readonly urls: readonly string[]
}

/** Creates the HTTP servers of one chain. They neither cache nor retry; both are up to the caller. */
export function createHttpEndpoints({ chain, urls, ...options }: HttpEndpointOptions): readonly HttpEndpoint[] {
  const reach = requestContext(options)
  return urls.map((url) => {
    const base = new URL(url)
    return {
      host: base.host,
      get: (path, query, signal, own) =>
        requestJson({
          ...reach,
          headers: { ...reach.headers, ...own },
          url: addressOf(base, path, query),
          place: `${base.host} of ${chain}`,
          signal,
        }),
    }
  })
}

function addressOf(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base)
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url
}
