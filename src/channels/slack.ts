import * as z from 'zod'
import type { FailureKind } from '../domain/errors.js'
import type { Message } from '../domain/notifications/message.js'
import { httpUrl, text } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { redactor } from '../domain/secrets/redactor.js'
import { askService, type ServiceAccess, type ServiceAnswer, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, rateKey, serviceKeys } from './Channel.js'
import { checkAddress } from './checkAddress.js'
import { mostRequestTimes } from './createSteps.js'
import type { Handler } from './Handler.js'
import { livingHandler, type LivingMessage, livingPosts, titledKeys } from './living.js'
import { slackContent } from './render/slackBlocks.js'
import { addressesOf, serviceUrl, viaGateway } from './serviceUrl.js'
import { explainSlackError } from './slackErrors.js'

const webApiUrl = 'https://slack.com/api/'

const settingsSchema = section({
  type: z.literal('slack').describe('Posts to Slack.'),
  webhookUrl: z
    .exactOptional(httpUrl())
    .describe('URL of an incoming webhook. Each notification is then a separate message.'),
  token: z.exactOptional(text()).describe('A bot token with the scope `chat:write`. Requires `channel`.'),
  channel: z
    .exactOptional(text())
    .describe('The id of the channel, such as C0123ABCD; the bot must be a member of it.'),
  apiUrl: z
    .exactOptional(httpUrl())
    .describe(
      `URL of the Web API, by default ${webApiUrl}. With \`webhookUrl\`, URL of a gateway that forwards the requests: its host, and its path before the path of \`webhookUrl\`.`,
    ),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('1/1s'),
})
  .refine(
    ({ webhookUrl, token, channel }) =>
      webhookUrl === undefined ? token !== undefined && channel !== undefined : (token ?? channel) === undefined,
    { error: 'expected either webhookUrl, or token and channel' },
  )
  .describe(
    'With `token` and `channel` there is one message for each proposal and upgrade, which is edited when its state changes; events are posted in its thread. With `webhookUrl` each notification is a separate message, because a webhook cannot edit. Text from a chain is shown literally: it mentions nobody and hides no link. `webhookUrl` and `token` are never shown.',
  )

type Settings = z.output<typeof settingsSchema>

/** The location of the root of a subject. */
const placeSchema = z.object({
  /** The channel as it was configured. */
  to: z.string(),
  /** The id of the channel, as Slack gave it. */
  channel: z.string(),
  ts: z.string(),
  ...titledKeys,
})
type Place = z.output<typeof placeSchema>
type Where = Omit<Place, keyof typeof titledKeys>

/** Posts to Slack, through an incoming webhook or as a bot. */
export const slack = defineChannel({
  schema: settingsSchema,
  keeps: livingPosts(placeSchema),
  preview: 'request',
  placeOf: ({ webhookUrl, channel, apiUrl }) => [webhookUrl, channel, apiUrl],
  secrets: secretsOf,
  countedBy: ({ webhookUrl, channel }) => webhookUrl ?? channel ?? '',
  open: (settings, deps) => ({
    handler: { type: 'slack', ...handlingOf(settings, deps) },
    // At most four requests: edit the former message of a moved plan, edit, reply, post anew.
    timeoutMs: settings.timeout * mostRequestTimes,
    maxAttempts: settings.maxAttempts,
  }),
  check: async (settings, { http, signal }) => {
    const { webhookUrl, apiUrl, timeout: timeoutMs } = settings
    if (webhookUrl === undefined) {
      const { json } = await webApi(settings, { http, signal })('auth.test', {})
      const { user, team } = identity.parse(json)
      return `Slack takes the token of ${user} in ${team}. Nothing was posted: whether ${user} is in the channel, the first message shows.`
    }
    return checkAddress(viaGateway(webhookUrl, apiUrl), { http, signal, timeoutMs })
  },
})

const identity = z.object({ user: z.string().catch('the bot'), team: z.string().catch('its workspace') })

function secretsOf({ webhookUrl, token, apiUrl }: Settings): { readonly urls: string[]; readonly secrets: string[] } {
  return {
    urls: addressesOf(apiUrl, webhookUrl),
    secrets: token === undefined ? [] : [token],
  }
}

function handlingOf(settings: Settings, deps: ChannelDeps): Pick<Handler, 'handle' | 'edit'> {
  const { webhookUrl, apiUrl } = settings
  if (webhookUrl === undefined) return livingHandler(deps, (access) => threadIn(settings, access))
  return {
    handle: (notification, context) =>
      postToWebhook(new URL(viaGateway(webhookUrl, apiUrl)), deps.compose(notification), settings, {
        ...deps,
        ...context,
      }),
  }
}

/** Part of every message: Slack shows no previews of links. */
const inert = { unfurl_links: false, unfurl_media: false }

async function postToWebhook(url: URL, message: Message, settings: Settings, access: ServiceAccess): Promise<void> {
  const body = JSON.stringify({ ...slackContent(message, message), ...inert })
  await askService({
    ...access,
    service: 'Slack',
    url,
    body,
    timeoutMs: settings.timeout,
    judge: judgeWebhook,
    conceal: redactor(secretsOf(settings)),
  })
}

/** Interprets the answer of a webhook, which is plain text: `ok`, or the name of the failure. */
function judgeWebhook({ status, text }: ServiceAnswer): Verdict | undefined {
  const word = text.trim()
  if (status === 200) return word === 'ok' ? { kind: 'taken' } : undefined
  if (status === 429) return {}
  return /^[a-z_]{1,100}$/.test(word) ? { code: word, ...explainSlackError(word) } : undefined
}

function threadIn(settings: Settings, access: ServiceAccess): LivingMessage<Where> {
  const { channel: to = '' } = settings
  const call = webApi(settings, access)
  const post = async (content: object, channel: string): Promise<z.output<typeof postedSchema>> =>
    postedSchema.parse(
      (await call('chat.postMessage', { channel, ...content, parse: 'none', link_names: false, ...inert })).json,
    )
  return {
    placeOf: (posted) => {
      const known = placeSchema.safeParse(posted).data
      return known?.to === to ? known : undefined
    },
    post: async (message, shown) => ({ to, ...(await post(slackContent(message, shown), to)) }),
    // `chat.update` keeps attachments and blocks that are left out, and its default for `parse` is another one.
    edit: ({ channel, ts }, message, shown) =>
      call('chat.update', {
        channel,
        ts,
        ...slackContent(message, shown),
        attachments: [],
        parse: 'none',
        link_names: false,
      }),
    reply: async (at, message) => {
      await post({ ...slackContent(message, message), thread_ts: at.ts }, at.channel)
      return at
    },
    isGone: ({ code = '' }) => gone.has(code),
  }
}

const postedSchema = z.object({ channel: z.string(), ts: z.string() })
const gone: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
])

type Method = 'auth.test' | 'chat.postMessage' | 'chat.update'

function webApi(settings: Settings, access: ServiceAccess) {
  const { apiUrl = webApiUrl, token = '', timeout } = settings
  const conceal = redactor(secretsOf(settings))
  return (method: Method, body: object): Promise<ServiceAnswer> =>
    askService({
      ...access,
      service: 'Slack',
      url: serviceUrl(apiUrl, method),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      timeoutMs: timeout,
      conceal,
      judge: (answer) => judgeMethod(method, answer),
    })
}

const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.string() }),
])

/** Transient failures. After some of them the message may have been posted. */
const passing: ReadonlySet<string> = new Set([
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'team_added_to_org',
])

/** Interprets the answer of a method: the status is 200 whatever the outcome, so `ok` in the body decides. */
function judgeMethod(method: Method, { status, json }: ServiceAnswer): Verdict | undefined {
  if (status === 429) return {}
  const { data } = answerSchema.safeParse(json)
  if (data === undefined || (data.ok && method !== 'auth.test' && !postedSchema.safeParse(json).success))
    return undefined
  if (data.ok) return { kind: 'taken' }
  const kind: FailureKind = passing.has(data.error) || status >= 500 ? 'transient' : 'permanent'
  return { kind, code: data.error, ...explainSlackError(data.error) }
}
