import { z } from 'zod'
import { rateLimit, retryAfter, type Service, type ServiceCall, type ServiceReply, startService } from './service.js'

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
  /** The content after an edit. */
  shown: z.output<typeof newContent>
  isRemoved: boolean
}

export interface MatrixServer extends Service {
  /**
   * The visible content of the room, line by line; lines in the thread of an event start with
   * its number.
   */
  readonly transcript: () => readonly string[]
  /** The mentions that would notify. */
  readonly pings: () => readonly string[]
  /** The links: label and target. */
  readonly links: () => readonly (readonly [string, string])[]
  /** The fallback for clients without HTML. */
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

/** Where a homeserver gives the wait. */
type WaitIn = 'header and body' | 'body'

interface MatrixOptions {
  readonly now?: () => number
  readonly waitIn?: WaitIn
}

/** The room, and what the homeserver stores. */
interface Room {
  events: Event[]
  /** Bytes of the largest event. */
  largest: number
  /** The event of each transaction. */
  readonly answered: Map<string, string>
  readonly overRate: () => number | undefined
  readonly waitIn: WaitIn
}

/** A homeserver with one room, as Synapse answers. */
export async function startMatrix({
  now = () => 0,
  waitIn = 'header and body',
}: MatrixOptions = {}): Promise<MatrixServer> {
  const room: Room = { events: [], largest: 0, answered: new Map(), overRate: rateLimit(2, 1_000, now), waitIn }
  const service = await startService((call) => answerIn(room, call))
  return {
    ...service,
    transcript: () => linesIn(room),
    pings: () => pingsIn(room),
    links: () => seenIn(room).flatMap(({ shown }) => readHtml(shown.formatted_body ?? '').links),
    bodies: () => seenIn(room).map(({ shown }) => shown.body),
    removeAll: () => {
      for (const event of room.events) event.isRemoved = true
    },
    forgetAll: () => {
      room.events = []
    },
    largest: () => room.largest,
  }
}

function answerIn(room: Room, call: ServiceCall): ServiceReply {
  const { method, path, headers } = call
  const token = headers.authorization
  if (token === undefined) return no(401, 'M_MISSING_TOKEN', 'Missing access token')
  const account = accounts.get(token.replace(/^Bearer /, ''))
  if (account === undefined) return no(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.', { soft_logout: false })
  const [, route = ''] = /^\/_matrix\/client\/v3\/(.*)$/.exec(path) ?? []
  const [first, second = '', third, fourth, fifth = ''] = route.split('/').map(decodeURIComponent)
  if (method === 'GET' && route === 'account/whoami') return yes({ user_id: account, device_id: 'BOT' })
  if (method === 'GET' && route === 'joined_rooms') return yes({ joined_rooms: [matrixRoom] })
  if (method === 'GET' && first === 'directory' && second === 'room') return roomOf(third ?? '')
  if (method === 'GET' && first === 'rooms' && third === 'event') return eventOf(room, second, fourth ?? '')
  if (method === 'PUT' && first === 'rooms' && third === 'send' && fourth === 'm.room.message' && fifth !== '')
    return send(room, account, second, fifth, call)
  return no(404, 'M_UNRECOGNIZED', 'Unrecognized request')
}

function roomOf(alias: string): ServiceReply {
  return alias === matrixAlias
    ? yes({ room_id: matrixRoom, servers: ['hs.example'] })
    : no(404, 'M_NOT_FOUND', `Room alias ${alias} not found`)
}

function eventOf({ events }: Room, place: string, id: string): ServiceReply {
  const event = place === matrixRoom ? events.find((one) => one.id === id) : undefined
  if (event === undefined) return no(404, 'M_NOT_FOUND', 'Event not found.')
  const { sender, isRemoved, content } = event
  return yes({ event_id: id, type: 'm.room.message', sender, content: isRemoved ? {} : content })
}

function send(room: Room, account: string, place: string, sent: string, { json, body }: ServiceCall): ServiceReply {
  if (place !== matrixRoom) return no(403, 'M_FORBIDDEN', `User ${account} not in room ${place}`)
  // Each account has separate ids.
  const transaction = `${account} ${sent}`
  // Whatever the content of a repeated transaction: nothing is posted.
  const before = room.answered.get(transaction)
  if (before !== undefined) return yes({ event_id: before })
  const busy = tooOften(room)
  if (busy !== undefined) return busy
  const { data: content, error } = contentSchema.safeParse(json)
  if (error !== undefined) return no(400, 'M_BAD_JSON', error.message)
  // Signature, hashes, sender and the previous events.
  const size = Buffer.byteLength(body) + 1_500
  if (size > maxEvent) return no(413, 'M_TOO_LARGE', 'event too large')
  const wrong = wrongRelation(room, content)
  if (wrong !== undefined) return wrong
  const id = `$event${room.answered.size}`
  room.answered.set(transaction, id)
  room.largest = Math.max(room.largest, size)
  room.events.push({ id, sender: account, content, shown: content, isRemoved: false })
  applyEdit(room, account, content)
  return yes({ event_id: id })
}

function tooOften({ overRate, waitIn }: Room): ServiceReply | undefined {
  const wait = overRate()
  if (wait === undefined) return undefined
  const reply = no(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', { retry_after_ms: wait })
  return waitIn === 'body' ? reply : { ...reply, headers: retryAfter(wait) }
}

/** The related event must exist, and a thread cannot start within a thread. */
function wrongRelation({ events }: Room, content: Content): ServiceReply | undefined {
  const related = content['m.relates_to']
  if (related === undefined) return undefined
  const target = events.find(({ id }) => id === related.event_id)
  if (target === undefined) return no(400, 'M_UNKNOWN', "Can't send relation to unknown event")
  return related.rel_type === 'm.thread' && target.content['m.relates_to'] !== undefined
    ? no(400, 'M_UNKNOWN', 'Cannot start threads from an event with a relation')
    : undefined
}

/**
 * An edit of an event that is not an original, or of another account, is accepted but not
 * shown.
 */
function applyEdit({ events }: Room, account: string, content: Content): void {
  const related = content['m.relates_to']
  const edited = related?.rel_type === 'm.replace' ? related.event_id : undefined
  const target = events.find(({ id }) => id === edited)
  const isOriginal = target?.content['m.relates_to']?.rel_type !== 'm.replace'
  if (target?.sender === account && isOriginal && content['m.new_content'] !== undefined)
    target.shown = content['m.new_content']
}

function seenIn({ events }: Room): readonly Event[] {
  return events.filter(({ content, isRemoved }) => !isRemoved && content['m.relates_to']?.rel_type !== 'm.replace')
}

function linesIn(room: Room): readonly string[] {
  return seenIn(room).flatMap(({ content, shown }) => {
    const related = content['m.relates_to']
    const root = room.events.findIndex(({ id }) => id === related?.event_id)
    const before = related === undefined ? '' : `${root}> `
    return readHtml(shown.formatted_body ?? '').text.map((line) => `${before}${line}`)
  })
}

function pingsIn({ events }: Room): readonly string[] {
  return events.flatMap(({ content }) =>
    [content['m.mentions'], content['m.new_content']?.['m.mentions'] ?? {}].flatMap(({ user_ids = [], room }) => [
      ...user_ids,
      ...(room === true ? ['@room'] : []),
    ]),
  )
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" }
const decoded = (text: string): string => text.replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all)

/** Reads the HTML that clients allow, but only the used tags; throws for everything else. */
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
