import * as z from 'zod'
import { defined } from '../domain/defined.js'
import { DeliveryError } from '../domain/errors.js'
import type { Message } from '../domain/notifications/message.js'
import { redactor } from '../domain/secrets/redactor.js'
import { cleanLine } from '../domain/text/text.js'
import { flag, httpUrl, text } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, type ServiceAccess, ServiceRefusal, type ServiceAnswer, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, gatewayKey, rateKey, serviceKeys } from './Channel.js'
import { mostRequestTimes } from './createSteps.js'
import { cutText } from './cutText.js'
import type { Handler } from './Handler.js'
import { livingHandler, type LivingMessage, livingPosts, type Shown, titledKeys } from './living.js'
import { discordEmbed } from './render/discordEmbed.js'
import { addressesOf, serviceUrl, viaGateway } from './serviceUrl.js'

const webhookPath = /^(.*)\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)\/?$/

const settingsSchema = section({
  type: z.literal('discord').describe('Posts to Discord.'),
  webhookUrl: httpUrl()
    .refine((url) => webhookPath.test(new URL(url).pathname), {
      error: 'expected the URL of a webhook, such as https://discord.com/api/webhooks/ID/TOKEN',
    })
    .describe('The URL of the webhook.'),
  threadId: z.exactOptional(text()).describe('The id of a thread of the channel. All messages go there.'),
  forum: flag()
    .prefault(false)
    .describe('True if the channel is a forum. Each proposal and upgrade then gets its own post.'),
  apiUrl: gatewayKey('webhookUrl'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('5/2s'),
})
  .refine(({ threadId, forum }) => threadId === undefined || !forum, { error: 'expected threadId or forum, not both' })
  .describe(
    'One message for each proposal and upgrade, which is edited when its state changes. Each event is a separate message; in a forum it is in the same post. Text from a chain is escaped, mentions nobody and hides no link. `webhookUrl` is never shown.',
  )

type Settings = z.output<typeof settingsSchema>

/** The location of the message of a subject. */
const placeSchema = z.object({
  /** The webhook and the thread as they were configured. */
  to: z.string(),
  id: z.string(),
  /** The thread that contains the message; in a forum, the thread that the message started. */
  thread: z.string().exactOptional(),
  ...titledKeys,
})
type Where = Omit<z.output<typeof placeSchema>, keyof typeof titledKeys>

/** Posts to Discord through a webhook. */
export const discord = defineChannel({
  schema: settingsSchema,
  keeps: livingPosts(placeSchema),
  preview: 'request',
  placeOf: ({ webhookUrl, threadId, apiUrl }) => [webhookUrl, threadId, apiUrl],
  secrets: secretsOf,
  // Discord limits the rate per webhook, whatever the thread.
  countedBy: ({ webhookUrl }) => new URL(webhookUrl).pathname,
  open: (settings, deps) => ({
    handler: { type: 'discord', ...handlingOf(settings, deps) },
    // At most five requests: edit the former message of a moved plan, edit, reply, edit again, post anew.
    timeoutMs: settings.timeout * mostRequestTimes,
    maxAttempts: settings.maxAttempts,
  }),
  check: async (settings, { http, signal }) => {
    const { json } = await ask({ http, signal }, settings, { method: 'GET', path: '', judge: judgeWebhook })
    const name = cleanLine(webhookSchema.parse(json).name ?? '', 80)
    return `Discord knows the webhook${name === '' ? '' : ` ${name}`}.`
  },
})

function secretsOf({ webhookUrl, apiUrl }: Pick<Settings, 'webhookUrl' | 'apiUrl'>): {
  readonly urls: string[]
  readonly secrets: string[]
} {
  const [, , , token = ''] = webhookPath.exec(new URL(webhookUrl).pathname) ?? []
  return { urls: addressesOf(webhookUrl, apiUrl), secrets: [token] }
}

function handlingOf(settings: Settings, deps: ChannelDeps): Pick<Handler, 'handle' | 'edit'> {
  // Discord bans clients that keep using a deleted webhook.
  let dead: DeliveryError | undefined
  const whileAlive = async (use: () => Promise<unknown>): Promise<unknown> => {
    if (dead !== undefined) throw dead
    try {
      return await use()
    } catch (cause) {
      if (cause instanceof ServiceRefusal && cause.kind === 'permanent' && isDead(cause)) {
        const words = `${cause.message} It is not asked again before a restart.`
        dead = new DeliveryError('permanent', words, undefined, cause.status)
      }
      throw cause
    }
  }
  const { handle } = livingHandler(deps, (access) => repliedTo(messagesIn(settings, access)))
  const { edit } = livingHandler(deps, (access) => messagesIn(settings, access))
  return {
    handle: (notification, context) => whileAlive(() => handle(notification, context)),
    edit: (notification, context) => whileAlive(() => edit(notification, context).catch(retryWithoutPause)),
  }
}

// Unknown webhook, wrong token.
const deadCodes: ReadonlySet<string> = new Set(['10015', '50027'])
const isDead = ({ status, code = '' }: ServiceRefusal): boolean => status === 401 || deadCodes.has(code)
// Unknown message, unknown channel.
const goneCodes: ReadonlySet<string> = new Set(['10008', '10003'])
// Discord archives a thread if nothing is posted for days; messages in an archived thread cannot be edited.
const archived = '50083'
// Discord allows only a few edits of an old message an hour.
const tooManyEdits = '30046'

/** Drops the wait time from the error, so that one message with too many edits does not pause the whole channel. */
function retryWithoutPause(cause: unknown): never {
  if (cause instanceof ServiceRefusal && cause.code === tooManyEdits)
    throw new DeliveryError('transient', cause.message, undefined, cause.status)
  throw cause
}

/**
 * Tolerates a refused edit if a reply follows: an edit in an archived thread is repeated after the reply, and an edit
 * over the limit is left to the next one.
 */
function repliedTo(messages: LivingMessage<Where>): LivingMessage<Where> {
  let again: (() => Promise<unknown>) | undefined
  return {
    ...messages,
    edit: async (at, message, shown) => {
      const edit = (): Promise<unknown> =>
        messages.edit(at, message, shown).catch((cause: unknown) => {
          if (!(cause instanceof ServiceRefusal && (cause.code === tooManyEdits || cause.code === archived)))
            throw cause
          if (cause.code === archived) again = edit
        })
      await edit()
    },
    reply: async (at, message) => {
      const where = await messages.reply(at, message)
      // The reply has reopened the thread.
      await again?.()
      return where
    },
  }
}

function messagesIn(settings: Settings, access: ServiceAccess): LivingMessage<Where> {
  const { webhookUrl, threadId, forum } = settings
  const to = [webhookPath.exec(new URL(webhookUrl).pathname)?.[2], threadId, forum ? 'forum' : undefined].join('/')
  const bodyOf = (message: Message, shown: Shown, more: object = {}): string =>
    // An edit without this field mentions everyone that its text names, whatever the first post allowed.
    JSON.stringify({ embeds: [discordEmbed(message, shown)], allowed_mentions: { parse: [] }, ...more })
  const post = async (body: string, thread: string | undefined) => {
    const { json } = await ask(access, settings, {
      method: 'POST',
      path: '',
      body,
      ...defined({ thread }),
      judge: judgeMessage,
    })
    return messageSchema.parse(json)
  }
  return {
    placeOf: (posted) => {
      const known = placeSchema.safeParse(posted).data
      return known?.to === to ? known : undefined
    },
    post: async (message, shown) => {
      const name = cutText(message.title, 100) || message.subject.slice(0, 100)
      const { id, channel_id } = await post(bodyOf(message, shown, forum ? { thread_name: name } : {}), threadId)
      return { to, id, ...defined({ thread: forum ? channel_id : threadId }) }
    },
    edit: ({ id, thread }, message, shown) => {
      const edited = { method: 'PATCH', path: `/messages/${id}`, judge: judgeMessage } as const
      return ask(access, settings, { ...edited, body: bodyOf(message, shown), ...defined({ thread }) })
    },
    reply: async (at, message) => {
      await post(bodyOf(message, message), at.thread)
      return at
    },
    isGone: ({ code = '' }) => goneCodes.has(code),
  }
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly thread?: string
  readonly body?: string
  readonly judge: (answer: ServiceAnswer) => Verdict | undefined
}

function ask(access: ServiceAccess, settings: Settings, { path, thread, ...asked }: Asked): Promise<ServiceAnswer> {
  const base = new URL(settings.webhookUrl)
  // Without a version in the path, Discord uses an old API version whose wait times have other units.
  base.pathname = base.pathname.replace(webhookPath, '$1/api/v10/webhooks/$2/$3')
  base.search = ''
  const query = { ...(asked.method === 'POST' && { wait: 'true' }), ...defined({ thread_id: thread }) }
  return askService({
    ...access,
    ...asked,
    service: 'Discord',
    url: serviceUrl(viaGateway(base.href, settings.apiUrl), path.slice(1), query),
    timeoutMs: settings.timeout,
    conceal: redactor(secretsOf(settings)),
  })
}

const messageSchema = z.object({ id: z.string(), channel_id: z.string() })
const webhookSchema = z.object({ id: z.string(), name: z.string().nullish() })
const errorSchema = z.object({ code: z.number(), message: z.string(), errors: z.unknown().optional() })
const waitSchema = z.object({ retry_after: z.number() })

const judgeMessage = (answer: ServiceAnswer): Verdict | undefined => judge(answer, messageSchema)
const judgeWebhook = (answer: ServiceAnswer): Verdict | undefined => judge(answer, webhookSchema)

const overloaded = 130_000

function judge({ status, json }: ServiceAnswer, taken: z.ZodType): Verdict | undefined {
  if (status >= 200 && status <= 299) return taken.safeParse(json).success ? { kind: 'taken' } : undefined
  const error = errorSchema.safeParse(json).data
  if (error === undefined) return status === 429 ? waitIn(json) : undefined
  const { code, message, errors } = error
  const details = errors === undefined ? '' : ` ${JSON.stringify(errors)}`
  return {
    ...(code === overloaded && { kind: 'transient' }),
    ...waitIn(json),
    code: String(code),
    words: `${message} (${code})${details}`,
    ...defined({ advice: advices.get(code) }),
  }
}

/** The wait time in seconds with a fraction; it takes precedence over the whole seconds in the header. */
function waitIn(json: unknown): Verdict {
  const wait = waitSchema.safeParse(json).data
  return wait === undefined ? {} : { waitMs: wait.retry_after * 1_000 }
}

const advices: ReadonlyMap<number, string> = new Map([
  [10_015, 'Make a new webhook and configure its URL.'],
  [50_027, 'Make a new webhook and configure its URL.'],
  [220_001, 'The channel is a forum: set forum: true.'],
  [220_003, 'The channel is no forum: leave forum out.'],
])
