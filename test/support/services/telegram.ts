import { z } from 'zod'
import { rateLimit, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const common = {
  chat_id: z.union([z.string(), z.number()]).transform(String),
  text: z.string(),
  parse_mode: z.literal('HTML').optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
}
const send = z.strictObject({
  ...common,
  message_thread_id: z.int().optional(),
  reply_parameters: z
    .strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().optional() })
    .optional(),
})
const edit = z.strictObject({ ...common, message_id: z.int() })

interface Shown {
  readonly text: string
  readonly links: readonly (readonly [string, string])[]
}
interface Posted {
  readonly id: number
  readonly chat: string
  readonly topic: number | undefined
  readonly replyTo: number | undefined
  shown: Shown
}

export interface TelegramServer extends Service {
  readonly apiUrl: string
  /** The visible content, line by line; replies start with the replied message. */
  readonly transcript: () => readonly string[]
  readonly pings: () => readonly string[]
  /** The links: label and target. */
  readonly links: () => readonly (readonly [string, string])[]
  readonly topics: () => readonly (number | undefined)[]
  readonly deleteAll: () => void
  /** The group becomes a supergroup. */
  readonly upgrade: () => void
}

const no = (code: number, description: string, parameters?: object): ServiceReply => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters !== undefined && { parameters }) },
})
const tooMany = (waitMs: number): ServiceReply => {
  const retry_after = Math.ceil(waitMs / 1_000)
  const headers = { 'retry-after': String(retry_after) }
  return { ...no(429, `Too Many Requests: retry after ${retry_after}`, { retry_after }), headers }
}
const yes = (result: unknown): ServiceReply => ({ status: 200, body: { ok: true, result } })

const tags = new Set('a b strong i em s strike del u ins code pre blockquote span tg-spoiler tg-emoji'.split(' '))
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/** Reads HTML as Telegram does: any other tag, or an unclosed one, is refused. */
function parsed(html: string): Shown | string {
  const links: (readonly [string, string])[] = []
  const open: { readonly tag: string; readonly href: string; readonly from: number }[] = []
  let text = ''
  for (const [token, closing, tag = '', attributes = '', entity = ''] of html.matchAll(
    /<(\/?)([a-z-]*)((?:\s+[a-z]+="[^"<>]*")*)\s*>|&(\w+|#\d+);|[^]/gu,
  )) {
    if (token.startsWith('<')) {
      if (token === '<' || !tags.has(tag)) return `Unsupported start tag "${tag}" at byte offset ${text.length}`
      if (closing === '') {
        open.push({ tag, href: decoded(/href="([^"]*)"/.exec(attributes)?.[1] ?? ''), from: text.length })
        if (tag === 's') text += '~~'
      } else {
        const last = open.pop()
        if (last?.tag !== tag) return `Unexpected end tag at byte offset ${text.length}`
        if (tag === 's') text += '~~'
        if (tag === 'a') links.push([text.slice(last.from), last.href])
      }
    } else text += entity === '' ? token : (entities[entity] ?? token)
  }
  return open.length > 0 ? `Can't find end tag corresponding to start tag "${open[0]?.tag ?? ''}"` : { text, links }
}

function decoded(text: string): string {
  return text.replace(/&(\w+);/g, (all, name: string) => entities[name] ?? all)
}

interface Group {
  messages: Posted[]
  chat: string
  /** Of all ever posted. */
  count: number
  /** A message a second, and twenty a minute. */
  readonly overRate: () => number | undefined
  /** Twenty edits a minute. */
  readonly overEdits: () => number | undefined
}

/** Telegram: a bot in one group. */
export async function startTelegram({ now = () => 0 }: { readonly now?: () => number } = {}): Promise<TelegramServer> {
  const [perSecond, perMinute] = [rateLimit(1, 1_000, now), rateLimit(20, 60_000, now)]
  const group: Group = {
    ...{ messages: [], chat: '-100', count: 0 },
    overRate: () => perSecond() ?? perMinute(),
    overEdits: rateLimit(20, 60_000, now),
  }
  const service = await startService((call) => answerIn(group, call))
  return {
    ...service,
    apiUrl: `${service.url}/`,
    deleteAll: () => {
      group.messages = []
    },
    upgrade: () => {
      group.chat = '-1001234567890'
    },
    transcript: () =>
      group.messages.flatMap(({ replyTo, shown }) =>
        shown.text.split('\n').map((line) => (replyTo === undefined ? line : `${replyTo}> ${line}`)),
      ),
    pings: () => pingsIn(group),
    links: () => group.messages.flatMap(({ shown }) => shown.links),
    topics: () => group.messages.map(({ topic }) => topic),
  }
}

function answerIn(group: Group, { method, path, json }: ServiceCall): ServiceReply {
  const [, token, name = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? []
  const call = methods[name]
  if (token !== '123:hook-secret') return no(401, 'Unauthorized')
  return method === 'POST' && call !== undefined ? call(group, json) : no(404, 'Not Found')
}

const methods: Readonly<Record<string, (group: Group, json: unknown) => ServiceReply>> = {
  getMe: () => yes({ id: 1, is_bot: true, username: 'govbot' }),
  getChat: (group, json) =>
    refused(group, z.object({ chat_id: z.string() }).parse(json).chat_id) ??
    yes({ id: Number(group.chat), title: 'Ops' }),
  sendMessage,
  editMessageText,
}

function sendMessage(group: Group, json: unknown): ServiceReply {
  const { data, error } = send.safeParse(json)
  if (error !== undefined) return no(400, `Bad Request: ${error.message}`)
  const wrong = refused(group, data.chat_id)
  if (wrong !== undefined) return wrong
  const wait = group.overRate()
  if (wait !== undefined) return tooMany(wait)
  const shown = read(data)
  if ('status' in shown) return shown
  group.count += 1
  const { messages, chat, count } = group
  const replyTo = messages.find(({ id }) => id === data.reply_parameters?.message_id)?.id
  if (data.reply_parameters?.allow_sending_without_reply === false && replyTo === undefined)
    return no(400, 'Bad Request: message to be replied not found')
  messages.push({ id: count, chat, topic: data.message_thread_id, replyTo, shown })
  return yes({ message_id: count, chat: { id: Number(chat) }, date: 0 })
}

function editMessageText(group: Group, json: unknown): ServiceReply {
  const { data, error } = edit.safeParse(json)
  if (error !== undefined) return no(400, `Bad Request: ${error.message}`)
  const wrong = refused(group, data.chat_id)
  if (wrong !== undefined) return wrong
  const wait = group.overEdits()
  if (wait !== undefined) return tooMany(wait)
  const { messages, chat } = group
  const found = messages.find(({ id, chat: place }) => id === data.message_id && place === chat)
  if (found === undefined) return no(400, 'Bad Request: message to edit not found')
  const shown = read(data)
  if ('status' in shown) return shown
  if (JSON.stringify(shown) === JSON.stringify(found.shown))
    return no(400, 'Bad Request: message is not modified: specified new message content is exactly the same')
  found.shown = shown
  return yes({ message_id: found.id, chat: { id: Number(chat) }, date: 0 })
}

function refused({ chat }: Group, id: string): ServiceReply | undefined {
  if (id === chat) return undefined
  if (id !== '-100') return no(400, 'Bad Request: chat not found')
  return no(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: Number(chat) })
}

function read({ text, parse_mode }: Pick<z.output<typeof send>, 'text' | 'parse_mode'>): Shown | ServiceReply {
  const shown = parse_mode === undefined ? { text, links: [] } : parsed(text)
  if (typeof shown === 'string') return no(400, `Bad Request: can't parse entities: ${shown}`)
  const size = shown.text.replaceAll('~~', '').trim().length
  if (size === 0) return no(400, 'Bad Request: message text is empty')
  return size > 4_096 ? no(400, 'Bad Request: message is too long') : shown
}

function pingsIn({ messages }: Group): readonly string[] {
  return messages.flatMap(({ shown }) => [
    ...(shown.text.match(/@\w+/g) ?? []),
    ...shown.links.map(([, target]) => target).filter((target) => target.startsWith('tg:')),
  ])
}
