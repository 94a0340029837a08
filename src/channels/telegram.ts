import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import { redactor } from '../domain/secrets/redactor.js'
import { cleanLine } from '../domain/text/text.js'
import { httpUrl, text, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, type ServiceAccess, ServiceRefusal, type ServiceAnswer, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, rateKey, serviceKeys } from './Channel.js'
import { mostRequestTimes } from './createSteps.js'
import type { Handler } from './Handler.js'
import { livingHandler, type LivingMessage, livingPosts, type Shown, titledKeys } from './living.js'
import { telegramText } from './render/telegramHtml.js'
import { serviceUrl } from './serviceUrl.js'

const tokenForm = 'expected the token of a bot, such as 123456:ABC-def'
const chatForm = 'expected the id of a chat, such as -1001234567890, or @name of a public channel'

const settingsSchema = section({
  type: z.literal('telegram').describe('Posts to Telegram.'),
  token: text(tokenForm)
    .regex(/^\d+:[\w-]+$/, { error: tokenForm })
    .describe('The token of the bot.'),
  chatId: z
    .union([z.int(), z.string().regex(/^(?:-?\d+|@\w+)$/, { error: chatForm })], { error: chatForm })
    .describe('Id of the chat, or the name of a public channel with its @. The bot must be a member.'),
  topicId: z.exactOptional(whole(1)).describe('The id of a topic of the group. All messages go there.'),
  apiUrl: httpUrl().prefault('https://api.telegram.org/').describe('URL of the Bot API.'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('20/1m'),
}).describe(
  'One message for each proposal and upgrade, which is edited when its state changes. Events are replies to it. Text from a chain is shown literally and mentions nobody. `token` is never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** The location of the message of a subject. */
const placeSchema = z.object({
  /** The chat and the topic as they were configured. */
  to: z.string(),
  /** The id of the chat, as Telegram gave it. */
  chat: z.number(),
  message: z.number(),
  ...titledKeys,
})
type Where = Omit<z.output<typeof placeSchema>, keyof typeof titledKeys>

/** Posts to Telegram as a bot. */
export const telegram = defineChannel({
  schema: settingsSchema,
  keeps: livingPosts(placeSchema),
  preview: 'request',
  placeOf: ({ chatId, topicId, apiUrl }) => [String(chatId), topicId, apiUrl],
  secrets: secretsOf,
  countedBy: ({ token, chatId }) => `${token} ${chatId}`,
  open: (settings, deps) => ({
    handler: { type: 'telegram', ...handlingOf(settings, deps) },
    // At most five requests: edit the former message of a moved plan, edit, reply, and post anew to a chat that moved.
    timeoutMs: settings.timeout * mostRequestTimes,
    maxAttempts: settings.maxAttempts,
  }),
  check: async (settings, { http, signal }) => {
    const access = { http, signal }
    const bot = meSchema.parse((await ask(access, settings, 'getMe', {})).json)
    const { result } = chatSchema.parse(
      (await ask(access, settings, 'getChat', { chat_id: String(settings.chatId) })).json,
    )
    return `Telegram shows the chat ${cleanLine(result.title ?? String(settings.chatId), 80)} to the bot ${cleanLine(bot.result.username, 80)}.`
  },
})

function secretsOf({ token, apiUrl }: Pick<Settings, 'token' | 'apiUrl'>): {
  readonly urls: string[]
  readonly secrets: string[]
} {
  return { urls: [apiUrl], secrets: [token] }
}

function handlingOf(settings: Settings, deps: ChannelDeps): Pick<Handler, 'handle' | 'edit'> {
  // A group that becomes a supergroup gets another id.
  let chat = String(settings.chatId)
  const movedTo = (id: string): void => {
    chat = id
  }
  return livingHandler(deps, (access) => messagesIn(settings, { ...access, chat: () => chat, movedTo }))
}

interface ChatAccess extends ServiceAccess {
  readonly chat: () => string
  readonly movedTo: (id: string) => void
}

function messagesIn(settings: Settings, access: ChatAccess): LivingMessage<Where> {
  const to = [settings.chatId, settings.topicId].join('/')
  const send = async (
    method: 'sendMessage' | 'editMessageText',
    [message, shown]: readonly [Message, Shown],
    more: object,
  ): Promise<ServiceAnswer> => {
    const { html, plain } = telegramText(message, shown)
    const body = { ...more, link_preview_options: { is_disabled: true } }
    try {
      return await ask(access, settings, method, { ...body, text: html, parse_mode: 'HTML' })
    } catch (cause) {
      if (!(cause instanceof ServiceRefusal)) throw cause
      const moved = movedPattern.exec(cause.code ?? '')?.[1]
      if (moved !== undefined) access.movedTo(moved)
      if (cause.code !== codes.markup) throw cause
      return ask(access, settings, method, { ...body, text: plain })
    }
  }
  const post = async (told: readonly [Message, Shown], more: object = {}): Promise<Where> => {
    const once = async (): Promise<ServiceAnswer> =>
      send('sendMessage', told, {
        chat_id: access.chat(),
        ...defined({ message_thread_id: settings.topicId }),
        ...more,
      })
    const { json } = await once().catch((cause: unknown) => {
      if (cause instanceof ServiceRefusal && movedPattern.test(cause.code ?? '')) return once()
      throw cause
    })
    const { result } = messageSchema.parse(json)
    return { to, chat: result.chat.id, message: result.message_id }
  }
  return {
    placeOf: (posted) => {
      const known = placeSchema.safeParse(posted).data
      return known?.to === to ? known : undefined
    },
    post: (message, shown) => post([message, shown]),
    edit: (at, message, shown) =>
      send('editMessageText', [message, shown], { chat_id: at.chat, message_id: at.message }),
    reply: async (at, message) => {
      const reply_parameters = { message_id: at.message, allow_sending_without_reply: true }
      await post([message, message], { chat_id: at.chat, reply_parameters })
      return at
    },
    isGone: ({ code = '' }) => code === codes.gone || movedPattern.test(code),
  }
}

function ask(access: ServiceAccess, settings: Settings, method: string, body: object): Promise<ServiceAnswer> {
  const { apiUrl, token, timeout } = settings
  return askService({
    ...access,
    service: 'Telegram',
    url: serviceUrl(apiUrl, `bot${token}/${method}`),
    body: JSON.stringify(body),
    timeoutMs: timeout,
    conceal: redactor(secretsOf(settings)),
    judge: (answer) => judge(method, answer),
  })
}

const messageSchema = z.object({
  ok: z.literal(true),
  result: z.object({ message_id: z.number(), chat: z.object({ id: z.number() }) }),
})
const meSchema = z.object({ ok: z.literal(true), result: z.object({ username: z.string() }) })
const chatSchema = z.object({ ok: z.literal(true), result: z.object({ title: z.string().optional() }) })
const results: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['sendMessage', messageSchema],
  ['editMessageText', z.object({ ok: z.literal(true) })],
  ['getMe', meSchema],
  ['getChat', chatSchema],
])
const errorSchema = z.object({
  ok: z.literal(false),
  error_code: z.number(),
  description: z.string(),
  parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() }).optional(),
})

const codes = { markup: 'markup', gone: 'gone' } as const
const movedPattern = /^moved to (-?\d+)$/
const goneWords = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i

/** Interprets the answer by its description, because Telegram has no error codes for most failures. */
function judge(method: string, { json }: ServiceAnswer): Verdict | undefined {
  if (results.get(method)?.safeParse(json).success === true) return { kind: 'taken' }
  const error = errorSchema.safeParse(json).data
  if (error === undefined) return undefined
  const { description, parameters = {} } = error
  // The message already shows this text.
  if (method === 'editMessageText' && /message is not modified/i.test(description)) return { kind: 'taken' }
  const { retry_after, migrate_to_chat_id } = parameters
  const code =
    migrate_to_chat_id !== undefined
      ? `moved to ${migrate_to_chat_id}`
      : /can't parse entities/i.test(description)
        ? codes.markup
        : goneWords.test(description)
          ? codes.gone
          : undefined
  return {
    words: description,
    ...defined({
      code,
      waitMs: retry_after === undefined ? undefined : retry_after * 1_000,
      advice: adviceFor(error.error_code, description),
    }),
  }
}

function adviceFor(status: number, description: string): string | undefined {
  if (status === 401 || status === 404) return 'Check the token.'
  if (status === 403) return 'Let the bot into the chat again.'
  return /chat not found/i.test(description) ? 'Check chatId, and let the bot into the chat.' : undefined
}
