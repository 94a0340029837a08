import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { ConfigError } from '../domain/errors.js'
import type { Notification } from '../domain/notifications/notification.js'
import { defined } from '../domain/defined.js'
import { redactor } from '../domain/secrets/redactor.js'
import { httpUrl, text } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { askService, kindOfStatus, type ServiceAnswer, type Verdict } from './askService.js'
import { channelKeys, defineChannel, gatewayKey, serviceKeys } from './Channel.js'
import { checkAddress } from './checkAddress.js'
import type { Handler } from './Handler.js'
import { addressesOf, viaGateway } from './serviceUrl.js'

/** Posts notifications to a URL, signed where there is a secret. */
export const webhook = defineChannel({
  bundles: false,
  schema: section({
    type: z.literal('webhook').describe('Posts to a URL.'),
    url: httpUrl().describe('URL to post to.'),
    secret: z.exactOptional(text()).describe('Key of the HMAC-SHA256 signature.'),
    apiUrl: gatewayKey('url'),
    ...serviceKeys,
    ...channelKeys,
  }).describe(
    'One `POST` for each notification, with the notification as JSON body. 2xx means delivered; 408, 429, 5xx and network errors are tried again; every other answer makes it a dead letter at once. What a refusing receiver answers is shown, up to 200 characters, unless it is a page. `url` and `secret` are never shown.',
  ),
  keeps: 'nothing',
  preview: 'request',
  placeOf: ({ url, apiUrl }) => [url, apiUrl],
  secrets: ({ url, apiUrl, secret }) => ({
    urls: addressesOf(url, apiUrl),
    ...(secret !== undefined && { secrets: [secret] }),
  }),
  open: ({ url, apiUrl, secret, timeout, maxAttempts }, { http, now }) => ({
    handler: webhookHandler({ url: viaGateway(url, apiUrl), timeoutMs: timeout, now, http, ...defined({ secret }) }),
    timeoutMs: timeout,
    maxAttempts,
  }),
  check: ({ url, apiUrl, timeout: timeoutMs }, { http, signal }) =>
    checkAddress(viaGateway(url, apiUrl), { http, signal, timeoutMs }),
})

/** The address of a webhook, and how it is called. */
export interface WebhookOptions {
  /** http or https. User and password in it are sent as basic authentication. */
  readonly url: string
  /** Key of the signature; requests are not signed without it. */
  readonly secret?: string
  /** Longest wait for one request with its answer, in milliseconds. */
  readonly timeoutMs: number
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue a client of its own, without a proxy */
  readonly http?: HttpClient
}

/**
 * Posts each notification as JSON. If there is a secret, the request is signed: `X-Govstream-Signature` is `sha256=`
 * and the hex HMAC-SHA256 of the timestamp, a dot and the body.
 *
 * 2xx is delivered. 408, 429, 5xx and network errors are transient, and `Retry-After` is passed on; every other answer,
 * redirects included, is permanent. Errors name only the host of the address, and quote the answer without secrets.
 */
export function webhookHandler({ url: written, secret, timeoutMs, now, http }: WebhookOptions): Handler {
  const url = addressOf(written)
  const conceal = redactor({ urls: [written], ...(secret !== undefined && { secrets: [secret] }) })
  let client = http

  return {
    type: 'webhook',
    handle: async (notification, { signal }) => {
      const body = JSON.stringify(notification)
      const headers = headersFor(notification, body, Math.floor(now() / 1_000), secret)
      client ??= await ownClient()
      await askService({
        http: client,
        service: 'The webhook',
        url,
        headers,
        body,
        timeoutMs,
        signal,
        now,
        conceal,
        statusOnly: true,
        judge,
      })
    },
  }
}

/** Only the status counts; the text of a refusal is quoted. 425 is no reason for another try, unlike elsewhere. */
function judge({ status, header, text }: ServiceAnswer): Verdict {
  const kind = status === 425 ? 'permanent' : kindOfStatus(status)
  const isQuotable = text.trim() !== '' && !/\bhtml\b/i.test(header('content-type') ?? '')
  if (kind !== 'permanent') return { kind, ...(isQuotable && { words: text }) }
  return {
    kind,
    words: isQuotable ? text : 'it does not take this request',
    advice: 'Check its address and secret.',
  }
}

/** Imports the HTTP library late: it takes a tenth of a second to load, and every command reads the configuration. */
async function ownClient(): Promise<HttpClient> {
  const { createHttpClient } = await import('../transport/createHttpClient.js')
  return createHttpClient()
}

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

/** Keeps printable ASCII and percent-encodes everything else. */
function headerSafe(id: string): string {
  return id.toWellFormed().replace(/[^\x21-\x7e]/gu, (letter) => encodeURIComponent(letter))
}
