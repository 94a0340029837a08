import { createHash } from 'node:crypto'
import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import { redactor } from '../domain/secrets/redactor.js'
import { cleanLine } from '../domain/text/text.js'
import type { JsonObject } from '../domain/text/json.js'
import { httpUrl, text } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, type ServiceAccess, type ServiceAnswer, ServiceRefusal, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, gatewayKey, rateKey, serviceKeys } from './Channel.js'
import { mostRequestTimes } from './createSteps.js'
import type { Handler } from './Handler.js'
import { livingHandler, type LivingMessage, livingPosts, titledKeys } from './living.js'
import { type MatrixContent, matrixContent } from './render/matrixContent.js'
import { addressesOf, serviceUrl, viaGateway } from './serviceUrl.js'

const roomForm = 'expected the id of a room, such as !abc:example.org, or its alias, such as #ops:example.org'

const settingsSchema = section({
  type: z.literal('matrix').describe('Posts to a Matrix room.'),
  homeserver: httpUrl().describe("URL of the client API of the account's homeserver."),
  token: text().describe('An access token of the account. The account must be in the room.'),
  room: text(roomForm)
    .regex(/^[!#]\S+$/, { error: roomForm })
    .describe('Id or alias of the room. It must not be encrypted.'),
  apiUrl: gatewayKey('homeserver'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('1/1s'),
}).describe(
  'One message for each proposal and upgrade, which is edited when its state changes. Events are posted in its thread. A repeated attempt never posts twice. Text from a chain is escaped and mentions nobody. `token` is never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** The location of the message of a subject. */
const placeSchema = z.object({
  room: z.string(),
  root: z.string(),
  /** The newest event in the thread. */
  last: z.string(),
  ...titledKeys,
})
type Where = Omit<z.output<typeof placeSchema>, keyof typeof titledKeys>

/** Posts to a Matrix room. */
export const matrix = defineChannel({
  schema: settingsSchema,
  keeps: livingPosts(placeSchema),
  preview: 'request',
  placeOf: ({ room }) => [room],
  secrets: secretsOf,
  countedBy: ({ homeserver, token }) => `${homeserver} ${token}`,
  open: (settings, deps) => ({
    handler: { type: 'matrix', ...handlingOf(settings, deps) },
    // At most eight requests: resolve the room, look up the account, read the root, edit, reply, post anew; for a moved
    // plan one more read and one more edit.
    timeoutMs: settings.timeout * mostRequestTimes,
    maxAttempts: settings.maxAttempts,
  }),
  check: async (settings, access) => {
    const account = cleanLine(await whoAmI(access, settings), 255)
    const room = await resolveRoom(access, settings)
    const { joined_rooms: rooms } = roomsSchema.parse(
      (await ask(access, settings, { path: 'joined_rooms', taken: roomsSchema })).json,
    )
    if (!rooms.includes(room)) throw new Error(`${account} is not in the room. ${joinAdvice}`)
    return `The homeserver knows ${account}, which is in the room. Nothing was posted: whether it may post there, the first message shows.`
  },
})

function secretsOf({ homeserver, apiUrl, token }: Settings): { readonly urls: string[]; readonly secrets: string[] } {
  return { urls: addressesOf(homeserver, apiUrl), secrets: [token] }
}

function handlingOf(settings: Settings, deps: ChannelDeps): Pick<Handler, 'handle' | 'edit'> {
  // The room and the account are looked up once.
  let room: string | undefined
  let account: string | undefined
  const open = async (access: ServiceAccess, edits: 'by message' | 'by time'): Promise<LivingMessage<Where>> => {
    room ??= await resolveRoom(access, settings)
    const isOurs = async (sender: string): Promise<boolean> => {
      account ??= await whoAmI(access, settings)
      return sender === account
    }
    return messagesIn(settings, { ...access, room, isOurs, edits })
  }
  return {
    handle: livingHandler(deps, (access) => open(access, 'by message')).handle,
    edit: livingHandler(deps, (access) => open(access, 'by time')).edit,
  }
}

async function whoAmI(access: ServiceAccess, settings: Settings): Promise<string> {
  const { json } = await ask(access, settings, { path: 'account/whoami', taken: whoSchema })
  return whoSchema.parse(json).user_id
}

async function resolveRoom(access: ServiceAccess, settings: Settings): Promise<string> {
  const { room } = settings
  if (room.startsWith('!')) return room
  const path = `directory/room/${encodeURIComponent(room)}`
  return roomSchema.parse((await ask(access, settings, { path, taken: roomSchema })).json).room_id
}

interface RoomAccess extends ServiceAccess {
  readonly room: string
  /**
   * What makes an edit unique. By time, two edits for the same notification differ, because they show different states.
   */
  readonly edits: 'by message' | 'by time'
  /** Returns true if the sender is the account that posts now. */
  readonly isOurs: (sender: string) => Promise<boolean>
}

function messagesIn(settings: Settings, access: RoomAccess): LivingMessage<Where> {
  const { room, edits } = access
  const inRoom = `rooms/${encodeURIComponent(room)}`
  const send = async (message: Message, part: Part, content: JsonObject): Promise<string> => {
    const path = `${inRoom}/send/m.room.message/${transactionId(settings, message, part)}`
    const body = JSON.stringify(content)
    return eventSchema.parse((await ask(access, settings, { path, body, taken: eventSchema })).json).event_id
  }
  return {
    placeOf: (posted) => {
      const known = placeSchema.safeParse(posted).data
      return known?.room === room ? known : undefined
    },
    post: async (message, shown) => {
      const id = await send(message, 'root', matrixContent(message, shown))
      return { room, root: id, last: id }
    },
    edit: async (at, message, shown) => {
      // A homeserver accepts an edit of a message that was removed or posted by another account, but nobody sees it.
      const path = `${inRoom}/event/${encodeURIComponent(at.root)}`
      const { json, status } = await ask(access, settings, { path, taken: shownSchema })
      const { content: there, sender } = shownSchema.parse(json)
      if (there.body === undefined || !(await access.isOurs(sender)))
        throw new ServiceRefusal('permanent', 'The message can be edited no more.', status, 'M_NOT_FOUND')
      const content = matrixContent(message, shown)
      // A tally may return to an earlier value, so the body alone does not make the edit unique.
      const part: Part = edits === 'by time' ? `edit ${message.timestamp} ${content.body}` : 'edit'
      await send(message, part, editOf(content, at.root))
    },
    reply: async (at, message) => {
      const relation = {
        rel_type: 'm.thread',
        event_id: at.root,
        is_falling_back: true,
        'm.in_reply_to': { event_id: at.last },
      }
      const content = { ...matrixContent(message, message), 'm.relates_to': relation }
      return { ...at, last: await send(message, 'reply', content) }
    },
    // M_UNKNOWN also stands for errors inside the homeserver, which are transient.
    isGone: ({ kind, code = '' }) => kind === 'permanent' && (code === 'M_NOT_FOUND' || code === 'M_UNKNOWN'),
  }
}

type Part = 'root' | 'edit' | 'reply' | `edit ${string}`

/**
 * The transaction id, by which the homeserver recognizes a retry. It is derived from the content and not from a
 * counter: if an id was used before, the homeserver posts nothing and answers as if it had.
 */
function transactionId({ name = '', room }: Settings, { id, subject }: Message, part: Part): string {
  const sent = JSON.stringify([name, room, subject, id, part])
  return `govstream-${createHash('sha256').update(sent).digest('base64url')}`
}

/** `m.new_content` replaces all of the old content; the fields beside it are for clients that do not support edits. */
function editOf(content: MatrixContent, original: string): JsonObject {
  return {
    ...content,
    body: `* ${content.body}`,
    formatted_body: `* ${content.formatted_body}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: original },
  }
}

interface Asked {
  readonly path: string
  readonly body?: string
  readonly taken: z.ZodType
}

function ask(access: ServiceAccess, settings: Settings, { path, body, taken }: Asked): Promise<ServiceAnswer> {
  const { homeserver, apiUrl, token, timeout } = settings
  return askService({
    ...access,
    service: 'Matrix',
    url: serviceUrl(viaGateway(homeserver, apiUrl), `_matrix/client/v3/${path}`),
    method: body === undefined ? 'GET' : 'PUT',
    headers: { authorization: `Bearer ${token}` },
    ...defined({ body }),
    timeoutMs: timeout,
    conceal: redactor(secretsOf(settings)),
    judge: (answer) => judge(answer, taken),
  })
}

const eventSchema = z.object({ event_id: z.string() })
const roomSchema = z.object({ room_id: z.string() })
const roomsSchema = z.object({ joined_rooms: z.array(z.string()) })
const whoSchema = z.object({ user_id: z.string() })
/** A stored event. A removed event has lost its content. */
const shownSchema = z.object({ sender: z.string(), content: z.object({ body: z.string().optional() }) })
const errorSchema = z.object({
  errcode: z.string(),
  error: z.string().catch(''),
  retry_after_ms: z.number().optional().catch(undefined),
})

function judge({ status, json, header }: ServiceAnswer, taken: z.ZodType): Verdict | undefined {
  if (status === 200) return taken.safeParse(json).success ? { kind: 'taken' } : undefined
  const error = errorSchema.safeParse(json).data
  if (error === undefined) return status === 429 ? {} : undefined
  const { errcode: code, error: said, retry_after_ms } = error
  return {
    ...(code === 'M_LIMIT_EXCEEDED' && { kind: 'transient' }),
    code,
    words: `${code} ${said}`,
    // Older homeservers send the wait time only in the body.
    ...defined({
      waitMs: header('retry-after') === undefined ? retry_after_ms : undefined,
      advice: advices.get(code),
    }),
  }
}

const joinAdvice = 'Invite the account to the room and let it join.'
const advices: ReadonlyMap<string, string> = new Map([
  ['M_FORBIDDEN', joinAdvice],
  ['M_UNKNOWN_TOKEN', 'Log the account in again and configure its new token.'],
  ['M_MISSING_TOKEN', 'Check the token.'],
  ['M_UNRECOGNIZED', 'Check homeserver: it is the address of the client API.'],
])
