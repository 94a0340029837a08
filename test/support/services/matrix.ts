import { z } from 'zod'
import { rateLimit, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

const shownKeys = {
  msgtype: z.enum(['m.text', 'm.notice']),
  body: z.string(),
  format: z.literal('org.matrix.custom.html').optional(),
  formatted_body: z.string().optional(),
  // Without it, clients look for names and @room in the body.
  'm.mentions': z.strictObject({
    user_ids: z.array(z.string()).optional(),
    room: z.boolean().optional(),
  }),
}
const newContent = z.strictObject(shownKeys)
const relation = z.discriminatedUnion('rel_type', [
  z.strictObject({ rel_type: z.literal('m.replace'), event_id: z.string() }),
  z.strictObject({
    rel_type: z.literal('m.thread'),
    event_id: z.string(),
    is_falling_back: z.boolean(),
    'm.in_reply_to': z.strictObject({ event_id: z.string() }),
  }),
])
const contentSchema = z
  .strictObject({ ...shownKeys, 'm.new_content': newContent.optional(), 'm.relates_to': relation.optional() })
  .refine(
    (content) => (content['m.relates_to']?.rel_type === 'm.replace') === (content['m.new_content'] !== undefined),
    { error: 'm.new_content stands in an edit and nowhere else' },
  )

type Content = z.output<typeof contentSchema>

interface Event {
  readonly id: string
  readonly sender: string
  readonly content: Content
  /** What an edit put in its place. */
  shown: z.output<typeof newContent>
  isRemoved: boolean
}

export interface MatrixServer extends Service {
  /** What is seen in the room, line by line; what is in the thread of an event begins with its number. */
  readonly transcript: () => readonly string[]
  /** Who would be called. */
  readonly pings: () => readonly string[]
  /** What can be clicked: the label, and where it leads. */
  readonly links: () => readonly (readonly [string, string])[]
  /** What stands for clients that show no HTML. */
  readonly bodies: () => readonly string[]
  /** As by a moderator: everything in the room is removed. */
  readonly removeAll: () => void
  /** As after a purge of the history: nothing is known any more. */
  readonly forgetAll: () => void
  /** Bytes of the largest event. */
  readonly largest: () => number
}

export const matrixRoom = '!ops:hs.example'
export const matrixAlias = '#ops:hs.example'
/** By their tokens. */
const accounts: ReadonlyMap<string, string> = new Map([
  ['hook-secret', '@govbot:hs.example'],
  ['other-secret', '@other:hs.example'],
])
const maxEvent = 65_536

const no = (status: number, errcode: string, error: string, more: object = {}): ServiceReply => ({
  status,
  body: { errcode, error, ...more },
})
const yes = (body: object): ServiceReply => ({ status: 200, body })

/** How a homeserver says how long to wait. */
type WaitIn = 'header and body' | 'body'

interface MatrixOptions {
  readonly now?: () => number
  readonly waitIn?: WaitIn
}

/** A homeserver with one room, as Synapse answers. */
export async function startMatrix({
  now = () => 0,
  waitIn = 'header and body',
}: MatrixOptions = {}): Promise<MatrixServer> {
  let events: Event[] = []
  let largest = 0
  const answered = new Map<string, string>()
  const limit = rateLimit(2, 1_000, now)

  const found = (id: string): Event | undefined => events.find((event) => event.id === id)

  function problemOf(related: z.output<typeof relation>): ServiceReply | undefined {
    const target = found(related.event_id)
    if (target === undefined) return no(400, 'M_UNKNOWN', "Can't send relation to unknown event")
    if (related.rel_type === 'm.thread' && target.content['m.relates_to'] !== undefined)
      return no(400, 'M_UNKNOWN', 'Cannot start threads from an event with a relation')
    return undefined
  }

  function send(account: string, room: string, sent: string, { json, body }: ServiceCall): ServiceReply {
    if (room !== matrixRoom) return no(403, 'M_FORBIDDEN', `User ${account} not in room ${room}`)
    // Each account has ids of its own.
    const transaction = `${account} ${sent}`
    // Whatever it brings this time: nothing is posted.
    const before = answered.get(transaction)
    if (before !== undefined) return yes({ event_id: before })
    const wait = limit()
    if (wait !== undefined) {
      const headers = { 'retry-after': String(Math.ceil(wait / 1_000)) }
      const reply = no(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', { retry_after_ms: wait })
      return waitIn === 'body' ? reply : { ...reply, headers }
    }
    const { data: content, error } = contentSchema.safeParse(json)
    if (error !== undefined) return no(400, 'M_BAD_JSON', error.message)
    // Signature, hashes, sender and what the event builds upon.
    const size = Buffer.byteLength(body) + 1_500
    if (size > maxEvent) return no(413, 'M_TOO_LARGE', 'event too large')
    const related = content['m.relates_to']
    const wrong = related === undefined ? undefined : problemOf(related)
    if (wrong !== undefined) return wrong
    const id = `$event${answered.size}`
    answered.set(transaction, id)
    largest = Math.max(largest, size)
    events.push({ id, sender: account, content, shown: content, isRemoved: false })
    // An edit of what is no original, or is another's, is taken, and nobody sees it.
    const target = related?.rel_type === 'm.replace' ? found(related.event_id) : undefined
    const isOriginal = target?.content['m.relates_to']?.rel_type !== 'm.replace'
    if (target?.sender === account && isOriginal && content['m.new_content'] !== undefined)
      target.shown = content['m.new_content']
    return yes({ event_id: id })
  }

  function show(room: string, id: string): ServiceReply {
    const event = room === matrixRoom ? found(id) : undefined
    if (event === undefined) return no(404, 'M_NOT_FOUND', 'Event not found.')
    const { sender, isRemoved, content } = event
    return yes({ event_id: id, type: 'm.room.message', sender, content: isRemoved ? {} : content })
  }

  function answer(call: ServiceCall): ServiceReply {
    const { method, path, headers } = call
    const token = headers.authorization
    if (token === undefined) return no(401, 'M_MISSING_TOKEN', 'Missing access token')
    const account = accounts.get(token.replace(/^Bearer /, ''))
    if (account === undefined) return no(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.', { soft_logout: false })
    const [, route = ''] = /^\/_matrix\/client\/v3\/(.*)$/.exec(path) ?? []
    const [first, second = '', third, fourth, fifth = ''] = route.split('/').map(decodeURIComponent)
    if (method === 'GET' && route === 'account/whoami') return yes({ user_id: account, device_id: 'BOT' })
    if (method === 'GET' && route === 'joined_rooms') return yes({ joined_rooms: [matrixRoom] })
    if (method === 'GET' && first === 'directory' && second === 'room')
      return third === matrixAlias
        ? yes({ room_id: matrixRoom, servers: ['hs.example'] })
        : no(404, 'M_NOT_FOUND', `Room alias ${third ?? ''} not found`)
    if (method === 'GET' && first === 'rooms' && third === 'event') return show(second, fourth ?? '')
    if (method === 'PUT' && first === 'rooms' && third === 'send' && fourth === 'm.room.message' && fifth !== '')
      return send(account, second, fifth, call)
    return no(404, 'M_UNRECOGNIZED', 'Unrecognized request')
  }

  const seen = (): readonly Event[] =>
    events.filter(({ content, isRemoved }) => !isRemoved && content['m.relates_to']?.rel_type !== 'm.replace')
  const numberOf = (id: string): number => events.findIndex((event) => event.id === id)
  const service = await startService(answer)
  return {
    ...service,
    transcript: () =>
      seen().flatMap(({ content, shown }) => {
        const related = content['m.relates_to']
        const before = related === undefined ? '' : `${numberOf(related.event_id)}> `
        return readHtml(shown.formatted_body ?? '').text.map((line) => `${before}${line}`)
      }),
    pings: () =>
      events.flatMap(({ content }) =>
        [content['m.mentions'], content['m.new_content']?.['m.mentions'] ?? {}].flatMap(({ user_ids = [], room }) => [
          ...user_ids,
          ...(room === true ? ['@room'] : []),
        ]),
      ),
    links: () => seen().flatMap(({ shown }) => readHtml(shown.formatted_body ?? '').links),
    bodies: () => seen().map(({ shown }) => shown.body),
    removeAll: () => {
      for (const event of events) event.isRemoved = true
    },
    forgetAll: () => {
      events = []
    },
    largest: () => largest,
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" }
const decoded = (text: string): string => text.replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all)

/** Reads what clients allow, and of it only the tags that are used; throws for everything else. */
function readHtml(html: string): {
  readonly text: readonly string[]
  readonly links: readonly (readonly [string, string])[]
} {
  const links: (readonly [string, string])[] = []
  const open: { readonly tag: string; readonly href: string; readonly from: number }[] = []
  let text = ''
  for (const [token, closing, tag = '', href = ''] of html.matchAll(
    /<(\/?)(strong|del|a)(?: href="([^"<>]*)")?>|<br>|&#?\w+;|[^]/gu,
  )) {
    if (token === '<br>') text += '\n'
    else if (tag !== '') {
      if (tag === 'del') text += '~~'
      if (closing === '') open.push({ tag, href: decoded(href), from: text.length })
      else {
        const last = open.pop()
        if (last?.tag !== tag) throw new Error(`${tag} is closed where it is not open: ${html}`)
        if (tag === 'a') links.push([text.slice(last.from), last.href])
      }
    } else if (/^[<>"]$/.test(token)) throw new Error(`markup in ${html}`)
    else text += decoded(token)
  }
  if (open.length > 0) throw new Error(`${open[0]?.tag ?? ''} stays open: ${html}`)
  return { text: text.split('\n'), links }
}
