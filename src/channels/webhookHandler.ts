import { createHmac } from 'node:crypto'
import { ConfigError, DeliveryError } from '../domain/errors.js'
import type { Notification } from '../domain/notifications/notification.js'
import { createHttpClient } from '../transport/createHttpClient.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { redirectOf } from '../transport/redirectOf.js'
import { RequestError } from '../transport/RequestError.js'
import { retryAfter } from '../transport/retryAfter.js'
import type { Handler } from './Handler.js'

export interface WebhookOptions {
  /** http or https. User and password in it are sent as basic authentication. */
  readonly url: string
  /** Key of the signature; without it requests are not signed. */
  readonly secret?: string
  /** For one request, answer included. */
  readonly timeoutMs: number
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue one of its own, without a proxy */
  readonly http?: HttpClient
}

/**
 * Posts each notification as JSON, signed where there is a secret: `X-Govstream-Signature` is `sha256=` and the hex
 * HMAC-SHA256 of timestamp, a dot and the body.
 *
 * 2xx is delivered. 408, 425, 429, 5xx and network errors are transient, `Retry-After` is passed on; every other answer,
 * redirects included, is permanent. Errors name the host and nothing else of the address.
 */
export function webhookHandler({
  url: written,
  secret,
  timeoutMs,
  now,
  http = createHttpClient(),
}: WebhookOptions): Handler {
  const url = addressOf(written)

  return {
    type: 'webhook',
    handle: async (notification, { signal }) => {
      const body = JSON.stringify(notification)
      const headers = headersFor(notification, body, Math.floor(now() / 1_000), secret)
      const { status, header } = await http
        .request({ url, headers, body, timeoutMs, maxBytes: maxAnswerBytes, statusOnly: true, once: true, signal })
        .catch((cause: unknown) => {
          throw cause instanceof RequestError
            ? new DeliveryError(cause.kind, `The webhook at ${url.host} ${cause.message}`)
            : cause
        })
      if (status < 200 || status > 299) throw refusal(url, status, header, now())
    },
  }
}

// A short answer is read to its end, so that the connection can serve again; a long one is cut off.
const maxAnswerBytes = 4_096

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address !== undefined && /^https?:$/.test(address.protocol)) return address
  throw new ConfigError([{ path: 'url', message: 'a webhook needs an http or https address' }])
}

function headersFor(
  { id }: Notification,
  body: string,
  seconds: number,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(seconds)
  const signature =
    secret === undefined ? undefined : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return {
    'content-type': 'application/json',
    'user-agent': 'govstream',
    'x-govstream-id': headerSafe(id),
    'x-govstream-timestamp': timestamp,
    ...(signature !== undefined && { 'x-govstream-signature': `sha256=${signature}` }),
  }
}

/** Printable ASCII stays as it is, anything else is percent-encoded. */
function headerSafe(id: string): string {
  return id.toWellFormed().replace(/[^\x21-\x7e]/gu, (letter) => encodeURIComponent(letter))
}

function refusal(url: URL, status: number, header: (name: string) => string | undefined, now: number): DeliveryError {
  const place = `The webhook at ${url.host}`
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new DeliveryError('transient', `${place} answered ${status}.`, retryAfter(header('retry-after'), now))
  }
  const redirect = redirectOf({ status, header }, url)
  if (redirect !== undefined) return new DeliveryError('permanent', `${place} ${redirect}`)
  return new DeliveryError(
    'permanent',
    `${place} answered ${status}: it does not take this request. Check its address and secret.`,
  )
}
