/** A request to a server. */
export interface HttpRequest {
  /** http or https. User and password in it are sent as basic authentication. */
  readonly url: URL
  /** @defaultValue GET, or POST if there is a body */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Time limit from the DNS lookup to the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** Maximum size of the body, decoded, in bytes. */
  readonly maxBytes: number
  /** Only the status is needed: at most `maxBytes` of the body are read, and a body that is cut off is no error. */
  readonly statusOnly?: boolean
  /** Never retries by itself, because the caller counts the tries or the request has effects. @defaultValue false */
  readonly once?: boolean
  readonly signal: AbortSignal
}

/** An answer with any status. Redirects are answers too: none is followed. */
export interface HttpResponse {
  readonly status: number
  /** A header of the answer by its name, in any case; the first one if there are several. */
  readonly header: (name: string) => string | undefined
  readonly text: string
}

/** Sends all requests to servers. */
export interface HttpClient {
  /**
   * Sends one request. Connections are reused. One server gets at most 64 connections; further requests wait for one
   * within their own time limit.
   *
   * @throws RequestError if there is no whole answer.
   */
  readonly request: (request: HttpRequest) => Promise<HttpResponse>
}
