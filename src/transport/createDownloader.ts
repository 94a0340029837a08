import { isIP } from 'node:net'
import { Agent } from 'undici'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { boundedLookup, type DnsLookup } from './boundedLookup.js'
import { causeOf } from './causes.js'
import { DownloadError } from './DownloadError.js'
import { isLinkLocalAddress, isPublicAddress } from './publicAddress.js'

export interface DownloaderOptions {
  /**
   * Also allows addresses that are not public, and http to those, except link-local ones. Otherwise only https to
   * public addresses is allowed.
   */
  readonly allowPrivate: boolean
  /** @defaultValue a bounded lookup of the system's name servers */
  readonly lookup?: DnsLookup
  /** Certificates of authorities, PEM. @defaultValue those of Node and of NODE_EXTRA_CA_CERTS */
  readonly ca?: string
  /** Returns true if an address is public. @defaultValue {@link isPublicAddress} */
  readonly isPublic?: (address: string) => boolean
}

/** An answer whose body is not read yet. */
export interface OpenedDownload {
  readonly status: number
  /** A header by its name in lower case; the first one if there are several. */
  readonly header: (name: string) => string | undefined
  /** The final URL, after redirects. */
  readonly url: URL
  /** Can be read once. Throws a `DownloadError` if it is cut off. */
  readonly body: AsyncIterable<Uint8Array>
  /** Closes the connection, even if the body is not complete. */
  readonly close: () => Promise<void>
}

interface DownloadRequest {
  readonly range?: string
  /** Requests the range only if the file still has this ETag or date, and the whole file otherwise. */
  readonly ifRange?: string
  readonly signal: AbortSignal
}

/** Opens a URL from an untrusted source. It uses no proxy, because a proxy would look up the name itself. */
export type OpenDownload = (url: URL, options: DownloadRequest) => Promise<OpenedDownload>

const maxRedirects = 5
const connectMs = 10_000
/** Maximum time without data, in milliseconds. */
const silenceMs = 30_000

/**
 * Creates the function that downloads what a plan names: over https from public addresses only, unless private ones are
 * allowed. Every address is checked when it is connected to, after the lookup of its name, and so is every redirect.
 * Credentials are not passed on to a redirect.
 *
 * @throws DownloadError
 */
export function createDownloader({
  allowPrivate,
  lookup = boundedLookup(),
  ca,
  isPublic = isPublicAddress,
}: DownloaderOptions): OpenDownload {
  function refusalOf(url: URL, address: string): string | undefined {
    if (isLinkLocalAddress(address))
      return isAddress(url) ? `${url.host} is a link-local address` : `${url.host} leads to a link-local address`
    const open = isPublic(address)
    if (url.protocol === 'http:' && (open || !allowPrivate)) return `${url.host} is asked for over http`
    if (open || allowPrivate) return undefined
    return isAddress(url)
      ? `${url.host} is not a public address`
      : `${url.host} leads to the address ${address}, which is not public`
  }
  const rules = { lookup, refusalOf, ...defined({ ca }) }
  return async (first, asked) => {
    let url = first
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await openOne(url, rules, asked).catch((cause: unknown) => {
        throw hop === 0 ? cause : afterRedirect(cause, url)
      })
      const location = answer.header('location')
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer
      await answer.close()
      url = nextOf(location, url)
    }
    throw new DownloadError('refused', `it redirects more than ${maxRedirects} times`)
  }
}

/** Says that the failure came after a redirect, because the first URL names another host. A refusal names the host. */
function afterRedirect(cause: unknown, { host }: URL): unknown {
  if (!(cause instanceof DownloadError)) return cause
  return cause.failure === 'unreachable'
    ? new DownloadError('unreachable', `it redirects to ${host}, and there: ${cause.message}`)
    : new DownloadError('refused', `it redirects, and ${cause.message}`)
}

/** Returns true if the host of the URL is an address instead of a name. */
function isAddress(url: URL): boolean {
  return isIP(literalOf(url)) !== 0
}

function literalOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function nextOf(location: string, from: URL): URL {
  const written = location.slice(0, 4_096)
  const next = URL.canParse(written, from.href) ? new URL(written, from.href) : undefined
  if (next !== undefined && /^https?:$/.test(next.protocol)) {
    // A relative redirect would inherit them from the previous URL.
    next.username = next.password = ''
    return next
  }
  throw new DownloadError('refused', 'it redirects to something that is not an http or https address')
}

interface Rules {
  readonly lookup: DnsLookup
  readonly ca?: string
  readonly refusalOf: (url: URL, address: string) => string | undefined
}

async function openOne(url: URL, rules: Rules, { range, ifRange, signal }: DownloadRequest): Promise<OpenedDownload> {
  const refused = isAddress(url) ? rules.refusalOf(url, literalOf(url)) : undefined
  if (refused !== undefined) throw new DownloadError('refused', refused)
  // Each URL gets an agent of its own, because a connection that one URL may use is not allowed for every other.
  const agent = new Agent({
    connect: { lookup: checked(url, rules), timeout: connectMs, ...defined({ ca: rules.ca }) },
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  })
  const close = (): Promise<void> => agent.destroy()
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      signal,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'govstream',
        ...basicAuthorization(url),
        ...defined({ range, 'if-range': ifRange }),
      },
    })
    return {
      status: statusCode,
      header: (name) => firstOf(headers[name]),
      url,
      body: chunksOf(body),
      close: async () => {
        body.on('error', () => undefined)
        await close()
      },
    }
  } catch (cause) {
    await close()
    throw errorOf(cause)
  }
}

/** Wraps the lookup and drops the addresses that may not be connected to. */
function checked(url: URL, { lookup, refusalOf }: Rules): DnsLookup {
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, found) => {
      const all = Array.isArray(found) ? found : []
      const allowed = all.filter(({ address }) => refusalOf(url, address) === undefined)
      const [first] = allowed
      const [other] = all
      if (error !== null) callback(error, [])
      else if (first === undefined)
        callback(new DownloadError('refused', refusalOf(url, other?.address ?? '') ?? 'it has no address'), [])
      else if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

async function* chunksOf(body: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk
  } catch (cause) {
    throw errorOf(cause)
  }
}

function errorOf(cause: unknown): DownloadError {
  const inner = [cause, cause instanceof Error ? cause.cause : undefined].find((one) => one instanceof DownloadError)
  if (inner instanceof DownloadError) return inner
  const { code, what } = causeOf(cause)
  return new DownloadError('unreachable', `${what} (${code})`)
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
