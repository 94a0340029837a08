import type { KnownBlock } from '@slack/types'
import { z } from 'zod'
import { published } from './published.js'
import { rateLimit, retryAfter, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const plain = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().exactOptional(),
  })
const style = z.strictObject({ bold: z.boolean().exactOptional(), strike: z.boolean().exactOptional() }).exactOptional()
const richElement = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({
    type: z.literal('link'),
    url: z.url({ protocol: /^https?$/ }).max(3_000),
    text: z.string().min(1).exactOptional(),
    style,
  }),
])
const richSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richElement).min(1) })
/** The used blocks, in the format published by Slack. */
const block = published<KnownBlock>()(
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('header'), text: plain(150) }),
    z
      .strictObject({
        type: z.literal('section'),
        text: plain(3_000).exactOptional(),
        fields: z.array(plain(2_000)).min(1).max(10).exactOptional(),
      })
      .refine(({ text, fields }) => text !== undefined || fields !== undefined),
    z.strictObject({ type: z.literal('context'), elements: z.array(plain(3_000)).min(1).max(10) }),
    z.strictObject({ type: z.literal('rich_text'), elements: z.array(richSection).min(1) }),
  ]),
)
const blocks = z.array(block).max(50)
type Block = z.output<typeof block>

const common = {
  text: z.string(),
  parse: z.enum(['none', 'full']).optional(),
  link_names: z.boolean().optional(),
  // Checked separately, because its errors have their own answer.
  blocks: z.unknown().optional(),
}
const post = z.strictObject({
  ...common,
  channel: z.string(),
  thread_ts: z.string().optional(),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
})
const update = z.strictObject({
  ...common,
  channel: z.string(),
  ts: z.string(),
  attachments: z.array(z.never()).optional(),
})
const hook = z.strictObject({
  text: z.string(),
  blocks: z.unknown(),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
})

interface Posted {
  readonly ts: string
  readonly thread: string | undefined
  text: string
  blocks: readonly Block[]
}

export interface SlackServer extends Service {
  readonly apiUrl: string
  readonly webhookUrl: string
  /** The visible content of the channel, replies below their roots. */
  readonly transcript: () => readonly string[]
  /** The mentions that would notify. */
  readonly pings: readonly string[]
  /** The links: label and target. */
  readonly links: () => readonly (readonly [string, string])[]
  /** As by a user: the messages are removed. */
  readonly deleteAll: () => void
}

const no = (error: string): ServiceReply => ({ status: 200, body: { ok: false, error } })
const word = (status: number, text: string): ServiceReply => ({ status, body: text })

/** The channel C0123ABCD. */
interface Channel {
  messages: Posted[]
  /** Of all ever posted. */
  count: number
  readonly pings: string[]
  readonly overRate: () => number | undefined
}

/** Slack: two methods of the Web API and an incoming webhook, for the channel C0123ABCD. */
export async function startSlack({ now = () => 0 }: { readonly now?: () => number } = {}): Promise<SlackServer> {
  const channel: Channel = { messages: [], count: 0, pings: [], overRate: rateLimit(1, 1_000, now) }
  const service = await startService((call) => answerIn(channel, call))
  return {
    ...service,
    apiUrl: `${service.url}/api/`,
    webhookUrl: `${service.url}/services/T01/B01/hook-secret`,
    pings: channel.pings,
    deleteAll: () => {
      channel.messages = []
    },
    transcript: () => linesIn(channel),
    links: () => linksIn(channel),
  }
}

function answerIn(channel: Channel, { method, path, headers, json }: ServiceCall): ServiceReply {
  if (path.startsWith('/services/')) {
    if (method !== 'POST') return word(400, 'invalid_payload')
    return path === '/services/T01/B01/hook-secret' ? postByHook(channel, json) : word(404, 'no_service')
  }
  const call = methods[path.replace(/^\/api\//, '')]
  if (method !== 'POST' || call === undefined) return no('unknown_method')
  if (!/^application\/json; charset=utf-8$/.test(headers['content-type'] ?? '')) return no('invalid_post_type')
  return headers.authorization === 'Bearer xoxb-secret-token' ? call(channel, json) : no('invalid_auth')
}

const methods: Readonly<Record<string, (channel: Channel, json: unknown) => ServiceReply>> = {
  'auth.test': () => ({ status: 200, body: { ok: true, user: 'govbot', team: 'Ops' } }),
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
}

function postMessage(place: Channel, json: unknown): ServiceReply {
  const wait = place.overRate()
  if (wait !== undefined) return { status: 429, headers: retryAfter(wait), body: { ok: false, error: 'ratelimited' } }
  const read = post.safeParse(json)
  if (!read.success) return no('invalid_arguments')
  const { channel, text, parse = 'none', link_names = false, thread_ts } = read.data
  if (channel !== 'C0123ABCD') return no('channel_not_found')
  const root = place.messages.find(({ ts }) => ts === thread_ts)
  // Slack accepts them and the thread is broken.
  if (thread_ts !== undefined && root?.thread !== undefined) return no('reply_to_a_reply')
  if (thread_ts !== undefined && root === undefined) return no('thread_not_found')
  const added = add(place, read.data, thread_ts)
  if (typeof added === 'string') return no(added)
  notePings(place, text, parse, link_names)
  return { status: 200, body: { ok: true, channel, ts: added.ts, message: { text, blocks: added.blocks } } }
}

function updateMessage(place: Channel, json: unknown): ServiceReply {
  const read = update.safeParse(json)
  if (!read.success) return no('invalid_arguments')
  const { channel, ts, text, parse = 'client', link_names = false } = read.data
  const found = place.messages.find((one) => one.ts === ts)
  if (channel !== 'C0123ABCD' || found === undefined) return no('message_not_found')
  if (text.length > 4_000) return no('msg_too_long')
  // Omitted fields are kept.
  const given = blocks.safeParse(read.data.blocks ?? found.blocks)
  if (!given.success) return no('invalid_blocks')
  if (JSON.stringify(given.data).length > 13_200) return no('msg_blocks_too_long')
  found.text = text
  found.blocks = given.data
  notePings(place, text, parse, link_names)
  return { status: 200, body: { ok: true, channel, ts, text } }
}

function postByHook(channel: Channel, json: unknown): ServiceReply {
  const wait = channel.overRate()
  if (wait !== undefined) return { status: 429, headers: retryAfter(wait), body: 'rate_limited' }
  const read = hook.safeParse(json)
  if (!read.success) return word(400, 'invalid_payload')
  const added = add(channel, read.data)
  if (typeof added === 'string') return word(400, added)
  notePings(channel, read.data.text, 'none', false)
  return word(200, 'ok')
}

function add(channel: Channel, given: z.output<typeof post> | z.output<typeof hook>, thread?: string): Posted | string {
  const read = blocks.safeParse(given.blocks ?? [])
  if (!read.success) return 'invalid_blocks'
  if (JSON.stringify(read.data).length > 13_200) return 'msg_blocks_too_long'
  if (given.text === '' && read.data.length === 0) return 'no_text'
  channel.count += 1
  const ts = `1764140000.${String(channel.count).padStart(6, '0')}`
  const posted = { ts, thread, text: given.text, blocks: read.data }
  channel.messages.push(posted)
  return posted
}

/** Slack reads the fallback as markup: unescaped, these are tokens. */
function notePings({ pings }: Channel, text: string, parse: string | undefined, linkNames: boolean): void {
  pings.push(...(text.match(/<[!@#][^>]*>/g) ?? []))
  if (/<[^>]*>|&(?!amp;|lt;|gt;)/.test(text)) pings.push(`markup in ${text}`)
  if (parse !== 'none' || linkNames) pings.push(...(text.match(/@(?:here|channel|everyone)/g) ?? []))
}

function linesIn({ messages }: Channel): readonly string[] {
  return messages
    .filter(({ thread }) => thread === undefined)
    .flatMap((root) => [
      ...root.blocks.map(lineOf),
      ...messages
        .filter(({ thread }) => thread === root.ts)
        .flatMap((reply) => reply.blocks.map((one) => `  > ${lineOf(one)}`)),
    ])
}

function linksIn({ messages }: Channel): readonly (readonly [string, string])[] {
  return messages
    .flatMap((message) => message.blocks)
    .flatMap((one) => (one.type === 'rich_text' ? one.elements.flatMap(({ elements }) => elements) : []))
    .flatMap((element): (readonly [string, string])[] =>
      element.type === 'link' ? [[element.text ?? element.url, element.url]] : [],
    )
}

function lineOf(shown: Block): string {
  switch (shown.type) {
    case 'header':
      return `# ${shown.text.text}`
    case 'section':
      return [shown.text?.text ?? [], ...(shown.fields ?? []).map(({ text }) => text.replace('\n', ': '))]
        .flat()
        .join(' | ')
    case 'context':
      return `(${shown.elements.map(({ text }) => text).join(' ')})`
    case 'rich_text':
      return shown.elements
        .flatMap(({ elements }) => elements)
        .map((element) => (element.style?.strike === true ? `~~${element.text ?? ''}~~` : (element.text ?? '')))
        .join('')
  }
}
