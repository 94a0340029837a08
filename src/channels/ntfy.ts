import { createHash } from 'node:crypto'
import * as z from 'zod'
import { redactor } from '../domain/secrets/redactor.js'
import type { Message } from '../domain/notifications/message.js'
import type { Priority } from '../domain/notifications/notification.js'
import { headerValue } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, kindOfStatus, type ServiceAnswer, type Verdict } from './askService.js'
import { channelKeys, defineChannel, gatewayKey, rateKey, serviceKeys } from './Channel.js'
import { cutText, utf8Bytes } from './cutText.js'
import { moodOf } from './render/moodOf.js'
import { phoneText } from './render/phoneText.js'
import { addressesOf, viaGateway } from './serviceUrl.js'

const expected = 'expected the URL of a topic, such as https://ntfy.sh/our-topic'
const reserved = /^(?:docs|static|file|app|metrics|account|settings|signup|login|v1)$/

const settingsSchema = section({
  type: z.literal('ntfy').describe('Sends to phones through ntfy.'),
  url: z
    .url({ protocol: /^https?$/, error: expected })
    .refine((url) => topicIn(url) !== undefined, { error: expected })
    .describe(
      'URL of the topic, at ntfy.sh or your own server. Everybody who knows the name of an open topic can read it.',
    ),
  token: z.exactOptional(headerValue()).describe('An access token, such as tk_….'),
  apiUrl: gatewayKey('url'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('60/5m'),
}).describe(
  'One notification on the phones of all subscribers of the topic. Its urgency follows the priority: low 2, medium 3, high 4, critical 5. A tap opens the first link. `url` and `token` are never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** Sends to phones through ntfy. */
export const ntfy = defineChannel({
  schema: settingsSchema,
  keeps: 'nothing',
  preview: 'request',
  placeOf: ({ url, apiUrl }) => [url, apiUrl],
  secrets: secretsOf,
  // ntfy limits the rate per sender, whatever the topic.
  countedBy: ({ url, token = '' }) => `${new URL(url).host} ${token}`,
  open: (settings, deps) => ({
    handler: {
      type: 'ntfy',
      handle: async (notification, { signal }) => {
        const { url, apiUrl, token, timeout: timeoutMs } = settings
        await askService({
          ...deps,
          service: 'ntfy',
          url: new URL(viaGateway(rootOf(url).href, apiUrl)),
          ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
          body: JSON.stringify(bodyOf(deps.compose(notification), topicIn(url) ?? '')),
          timeoutMs,
          signal,
          judge: (answer) => judge(answer, deps.now()),
          conceal: redactor(secretsOf(settings)),
        })
      },
    },
    timeoutMs: settings.timeout,
    maxAttempts: settings.maxAttempts,
  }),
})

function secretsOf({ url, apiUrl, token }: Settings): { readonly urls: string[]; readonly secrets: string[] } {
  return {
    urls: addressesOf(url, apiUrl),
    secrets: [topicIn(url) ?? '', ...(token === undefined ? [] : [token])],
  }
}

/** Returns the topic, which must be the only part of the path. */
function topicIn(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { pathname, search, hash } = new URL(url)
  const topic = /^\/([-_A-Za-z0-9]{1,64})\/?$/.exec(pathname)?.[1]
  return topic === undefined || reserved.test(topic) || search !== '' || hash !== '' ? undefined : topic
}

/** The URL to post JSON to: the topic's own URL would show the JSON as text. */
function rootOf(url: string): URL {
  const root = new URL(url)
  root.pathname = '/'
  return root
}

const urgencies = { low: 2, medium: 3, high: 4, critical: 5 } as const satisfies Record<Priority, number>
const signs = {
  low: [],
  medium: [],
  high: ['warning'],
  critical: ['rotating_light'],
  over: ['white_check_mark'],
  withdrawn: ['x'],
} as const satisfies Record<ReturnType<typeof moodOf>, readonly string[]>
// Maximum sizes in bytes. ntfy turns a text of more than 4,096 bytes into an attachment, which nobody opens, and
// refuses a body of more than 8,192 bytes.
const most = { title: 300, message: 3_900, click: 1_500 }

function bodyOf(message: Message, topic: string): object {
  const { id, title, priority, links } = message
  const [link] = links
  const click = link !== undefined && bytesInJson(link.url) <= most.click ? link.url : undefined
  return {
    topic,
    title: cutText(title, most.title, bytesInJson),
    message: phoneText(message, {
      max: most.message,
      measure: bytesInJson,
      linksElsewhere: click === undefined ? 0 : 1,
    }),
    priority: urgencies[priority],
    tags: signs[moodOf(message)],
    markdown: false,
    // A retry replaces the earlier message on servers from 2.16 on; older servers ignore the field.
    sequence_id: createHash('sha256').update(id).digest('hex').slice(0, 40),
    ...(click !== undefined && { click }),
  }
}

/** Size of a text in JSON, in bytes; never less than the size of the text itself. */
function bytesInJson(text: string): number {
  return utf8Bytes(JSON.stringify(text)) - 2
}

const takenSchema = z.object({ id: z.string(), event: z.literal('message') })
const refusedSchema = z.object({ code: z.int(), error: z.string() })
// ntfy allows a visitor one more message every five seconds. It never says how long to wait, but a gateway may.
const restMs = 5_000
const dayMs = 86_400_000

function judge({ status, json, header }: ServiceAnswer, now: number): Verdict | undefined {
  if (status >= 300 && status <= 399) return {}
  if (kindOfStatus(status) === 'taken') return takenSchema.safeParse(json).success ? {} : undefined
  const refused = refusedSchema.safeParse(json).data
  if (refused === undefined) return undefined
  const { code, error: words } = refused
  if (code === 42_908) return { code: String(code), words, waitMs: dayMs - (now % dayMs) }
  return {
    code: String(code),
    words,
    ...(status === 429 && header('retry-after') === undefined && { waitMs: restMs }),
    ...((status === 401 || status === 403) && { advice: 'Check the token, and what it may do with this topic.' }),
  }
}
