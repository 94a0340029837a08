import { createHmac } from 'node:crypto'
import { basicAuthorization } from '../../domain/basicAuthorization.js'
import { ConfigError, DeliveryError } from '../../domain/errors.js'
import type { Notification } from '../../domain/notification.js'
import type { Handler } from './Handler.js'
import { retryAfter } from './retryAfter.js'

export interface WebhookOptions {
  /** http or https. User and password in it are sent as basic authentication. */
  readonly url: string
  /** Key of the signature; without it requests are not signed. */
  readonly secret?: string
  /** For one request, answer included. */
  readonly timeoutMs: number
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/**
 * Posts each notification as JSON, signed where there is a secret: `X-Govstream-Signature` is `sha256=` and the hex
 * HMAC-SHA256 of timestamp, a dot and the body.
 *
 * 2xx is delivered. 408, 429, 5xx and network errors are transient, `Retry-After` is passed on; every other answer,
 * redirects included, is permanent. Errors name the host and nothing else of the address.
 */
export function webhookHandler({ url, secret, timeoutMs, now }: WebhookOptions): Handler {
  const { target, host, authorization } = addressOf(url)

  return {
    type: 'webhook',
    handle: async (notification, { signal }) => {
      const body = JSON.stringify(notification)
      const deadline = AbortSignal.timeout(timeoutMs)
      const headers = { ...authorization, ...headersFor(notification, body, Math.floor(now() / 1_000), secret) }
      const response = await fetch(target, {
        method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.any([signal, deadline]),
      }).catch((cause: unknown) => {
        throw new DeliveryError('transient', unreachable(host, deadline.aborted ? `no answer in ${timeoutMs} ms` : codeOf(cause)))
      })
      await discard(response)
      if (!response.ok) throw refusal(host, response.status, retryAfter(response.headers.get('retry-after'), now()))
    },
  }
}

function addressOf(url: string): {
  readonly target: string
  readonly host: string
  readonly authorization: { readonly authorization?: string }
} {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new ConfigError([{ path: 'url', message: 'a webhook needs an http or https address' }])
  }
  const { host } = address
  const authorization = basicAuthorization(address)
  // fetch refuses an address with credentials, and quotes it in full when it does.
  address.username = ''
  address.password = ''
  return { target: address.href, host, authorization }
}

function headersFor(
  { id }: Notification,
  body: string,
  seconds: number,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(seconds)
  const signature = secret === undefined ? undefined : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
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

const maxAnswerBytes = 4_096

/** Reads a short answer to its end, so that the connection can serve again, and cuts a long one off. */
async function discard(response: Response): Promise<void> {
  let read = 0
  try {
    const answer: AsyncIterable<Uint8Array> | null = response.body
    for await (const chunk of answer ?? []) {
      read += chunk.length
      if (read > maxAnswerBytes) return
    }
  } catch {
    // The status is known: what breaks off after it changes nothing.
  }
}

function refusal(host: string, status: number, retryAfterMs: number | undefined): DeliveryError {
  const answered = `The webhook at ${host} answered ${status}`
  if (status === 408 || status === 429 || status >= 500) {
    return new DeliveryError('transient', `${answered}.`, retryAfterMs)
  }
  if (status < 400) return new DeliveryError('permanent', `${answered}: redirects are not followed. Configure the final address.`)
  return new DeliveryError('permanent', `${answered}: it does not take this request. Check its address and secret.`)
}

function unreachable(host: string, why: string): string {
  return `The webhook at ${host} could not be reached (${why}).`
}

/** The code of a network error, such as ECONNREFUSED. Its message may quote the address. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error'
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return cause.cause === undefined ? cause.name : codeOf(cause.cause)
}
