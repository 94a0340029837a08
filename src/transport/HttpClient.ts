/** What is asked of a server. */
export interface HttpRequest {
  /** http or https. User and password in it are sent as basic authentication. */
  readonly url: URL
  /** @defaultValue GET, POST where there is a body */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** From the lookup of the name to the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** Largest body, decoded. */
  readonly maxBytes: number
  /**
   * The status is all that is wanted: of the body no more than `maxBytes` is read, and whatever becomes of it is fine.
   */
  readonly statusOnly?: boolean
  /** Never sent twice by itself: whoever asks counts the tries, or the request does something. @defaultValue false */
  readonly once?: boolean
  readonly signal: AbortSignal
}

/** What a server said, whatever the status. Redirects are answers too: none is followed. */
export interface HttpResponse {
  readonly status: number
  /** A header of the answer by its name, in any case; the first where there are several. */
  readonly header: (name: string) => string | undefined
  readonly text: string
}

/** The one way to reach a server. */
export interface HttpClient {
  /**
   * One request. Connections are kept and used again; to one server there are 64 at most, and what comes on top waits
   * for one within its own time.
   *
   * @throws RequestError where there is no whole answer.
   */
  readonly request: (request: HttpRequest) => Promise<HttpResponse>
}
