import { requestContext, type RequestContextOptions } from './requestContext.js'
import { type HttpJsonResponse, requestJson } from './requestJson.js'

/** One HTTP server of a chain. Its whole URL is known only inside. */
export interface HttpEndpoint {
  /** Host and port: all that is ever told of the URL. */
  readonly host: string
  /**
   * Asks for a path below the URL; query parameters of the URL itself stay, for they may hold a key.
   *
   * @param own - Headers of this request alone.
   * @throws SourceError where there is no answer in time, it is too large, or it is a success without JSON.
   */
  get(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    own?: Readonly<Record<string, string>>,
  ): Promise<HttpJsonResponse>
}

export interface HttpEndpointOptions extends RequestContextOptions {
  /** Name of the chain, for the sentences of failures. */
  readonly chain: string
  readonly urls: readonly string[]
}

/** The HTTP servers of one chain: no cache and no retry, for both are the caller's business. */
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
