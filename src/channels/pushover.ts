import * as z from 'zod'
import { redactor } from '../domain/secrets/redactor.js'
import type { Message } from '../domain/notifications/message.js'
import { formerSubjectOf, type Priority } from '../domain/notifications/notification.js'
import { duration, flag, httpUrl } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, type ServiceAccess, type ServiceAnswer, ServiceRefusal, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, rateKey, serviceKeys } from './Channel.js'
import { codePoints, cutText } from './cutText.js'
import { isAnswer, passesFilter } from './filter.js'
import type { HandlerContext } from './Handler.js'
import { phoneText } from './render/phoneText.js'
import { serviceUrl } from './serviceUrl.js'

const key = (what: string) => {
  const error = `expected ${what}: 30 letters and digits`
  return z.string({ error }).regex(/^[A-Za-z0-9]{30}$/, { error })
}
const repeats = 'expected a duration from 30s to 3h'
const ends = 'expected a duration from 30s to 3h, such as 1h'

const settingsSchema = section({
  type: z.literal('pushover').describe('Sends to phones through Pushover.'),
  token: key('the token of an application').describe('The token of an application.'),
  user: key('the key of a user or a group').describe('The key of a user or a group.'),
  retry: duration({ least: 30_000, most: 10_800_000, error: repeats })
    .prefault('1m')
    .describe('How often something critical is repeated until somebody acknowledges it.'),
  expire: duration({ least: 30_000, most: 10_800_000, error: ends })
    .prefault('1h')
    .describe('How long it is repeated.'),
  closes: flag()
    .prefault(true)
    .describe(
      'End what is repeated when its subject is over, we have voted or the vote ends, whatever minPriority, events and routes say.',
    ),
  apiUrl: httpUrl().prefault('https://api.pushover.net').describe('Where the API is.'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('1/1s'),
}).describe(
  'One notification on the phones of a user or a group: low is quiet, high breaks quiet hours, and critical is repeated until somebody acknowledges it, or until its subject is over. `token` and `user` are never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** Sends to phones through Pushover. */
export const pushover = defineChannel({
  schema: settingsSchema,
  secrets: secretsOf,
  countedBy: ({ token }) => token,
  open: (settings, deps) => ({
    handler: {
      type: 'pushover',
      handle: (notification, context) => {
        // What only ends the ringing is no message of its own.
        const isWanted = context.closesOnly !== true && passesFilter({ ...settings, closes: false }, notification)
        const isMove = formerSubjectOf(notification) !== undefined
        return tell(deps.compose(notification), settings, { ...deps, ...context, isWanted, isMove })
      },
    },
    // What still rings is ended first.
    timeoutMs: settings.timeout * 3,
    maxAttempts: settings.maxAttempts,
  }),
  check: async (settings, { http, signal }) => {
    const { token, user } = settings
    await ask(settings, { http, signal, now: () => NaN })('1/users/validate.json', { token, user })
    return 'Pushover knows the token and the user.'
  },
})

function secretsOf({ token, user, apiUrl }: Settings): { readonly urls: string[]; readonly secrets: string[] } {
  return { urls: [apiUrl], secrets: [token, user] }
}

interface Access extends Pick<ChannelDeps, 'http' | 'now'>, HandlerContext {
  /** By the filters of the handler, apart from what ends the ringing. */
  readonly isWanted: boolean
  /** It tells that a plan goes on under another subject. */
  readonly isMove: boolean
}

/** What still rings for a subject. */
const placeSchema = z.object({ receipts: z.array(z.string().regex(/^[A-Za-z0-9]{1,64}$/)) })
// More than these nobody lets ring at once for one subject, and each expires by itself.
const maxReceipts = 5

async function tell(
  message: Message,
  settings: Settings,
  access: Access,
): Promise<{ readonly receipts: readonly string[] }> {
  const post = ask(settings, access)
  const ringing = placeSchema.safeParse(access.posted).data?.receipts ?? []
  const { token, user } = settings
  // What a later one has said of the subject stands: this one neither rings nor ends it.
  const { outdated = false } = access
  const former = outdated ? [] : (placeSchema.safeParse(access.former).data?.receipts ?? [])
  const isEnd = message.standing !== 'open' || isAnswer(message.event)
  const ends = isEnd && !outdated
  for (const receipt of [...former, ...(ends ? ringing : [])])
    await endRinging(() => post(`1/receipts/${receipt}/cancel.json`, { token }))
  // It came to end what rings, of this subject or of a plan that goes on under it.
  if ((isEnd || access.isMove) && !access.isWanted) return { receipts: ends ? [] : ringing }
  const content = contentOf(message, settings, !isEnd && !outdated)
  const { receipt } = takenSchema.parse((await post('1/messages.json', { token, user, ...content })).json)
  const left = ends ? [] : ringing
  return { receipts: [...left, ...(receipt === undefined ? [] : [receipt])].slice(-maxReceipts) }
}

/** One that has ended, or is not known any more, rings no more. */
async function endRinging(cancel: () => Promise<unknown>): Promise<void> {
  await cancel().catch((cause: unknown) => {
    if (!(cause instanceof ServiceRefusal && cause.kind === 'permanent')) throw cause
  })
}

function ask(settings: Settings, access: ServiceAccess & Pick<ChannelDeps, 'now'>) {
  return (path: string, body: object): Promise<ServiceAnswer> =>
    askService({
      ...access,
      service: 'Pushover',
      url: serviceUrl(settings.apiUrl, path),
      body: JSON.stringify(body),
      timeoutMs: settings.timeout,
      judge: (answer) => judge(answer, access.now()),
      conceal: redactor(secretsOf(settings)),
    })
}

const urgencies = { low: -1, medium: 0, high: 1, critical: 2 } as const satisfies Record<Priority, number>
// Letters, of up to four bytes each.
const most = { title: 250, message: 1_024, url: 512, label: 100 }

function contentOf(message: Message, { retry, expire }: Settings, mayRing: boolean): object {
  const { title, links } = message
  const [link] = links
  const fits = link !== undefined && codePoints(link.url) <= most.url
  const priority = mayRing ? urgencies[message.priority] : Math.min(1, urgencies[message.priority])
  return {
    title: cutText(title, most.title),
    message: phoneText(message, { max: most.message, measure: codePoints, linksElsewhere: fits ? 1 : 0 }),
    priority,
    ...(priority === 2 && { retry: retry / 1_000, expire: expire / 1_000 }),
    ...(fits && { url: link.url, url_title: cutText(link.label, most.label) }),
  }
}

const takenSchema = z.object({ status: z.literal(1), receipt: z.optional(z.string()) })
const refusedSchema = z.object({ status: z.int(), errors: z.array(z.string()).catch([]) })

function judge({ status, json, header }: ServiceAnswer, now: number): Verdict | undefined {
  if (status >= 300 && status <= 399) return {}
  if (takenSchema.safeParse(json).success && status === 200) return { kind: 'taken' }
  const words = refusedSchema.safeParse(json).data?.errors.join(', ')
  if (status === 429) {
    // The messages of the month are used up: no few seconds help.
    const reset = Number(header('x-limit-app-reset')) * 1_000
    return { words: words ?? 'no messages left', waitMs: reset > now ? reset - now : 3_600_000 }
  }
  if (words === undefined) return undefined
  return status === 200 ? { kind: 'permanent', words } : { words }
}
