import { createHash } from 'node:crypto'
import * as z from 'zod'
import { defined } from '../domain/defined.js'
import { redactor } from '../domain/secrets/redactor.js'
import type { Message } from '../domain/notifications/message.js'
import { formerSubjectOf, type Priority } from '../domain/notifications/notification.js'
import { duration, flag, httpUrl } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, type ServiceAccess, type ServiceAnswer, ServiceRefusal, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, type KeptPosts, rateKey, serviceKeys } from './Channel.js'
import { createSteps, mostRequestTimes, type Steps } from './createSteps.js'
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
    .describe('Interval at which a critical notification is repeated until somebody acknowledges it.'),
  expire: duration({ least: 30_000, most: 10_800_000, error: ends })
    .prefault('1h')
    .describe('How long a critical notification is repeated.'),
  closes: flag()
    .prefault(true)
    .describe(
      'End the repetition when the subject is over, when we have voted, or when the vote ends. This applies whatever minPriority, events and routes say.',
    ),
  apiUrl: httpUrl().prefault('https://api.pushover.net').describe('URL of the API.'),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('1/1s'),
}).describe(
  'One notification on the phones of a user or a group. Low makes no sound, high overrides quiet hours, and critical is repeated until somebody acknowledges it or its subject is over. `token` and `user` are never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** The alerts that still ring for a subject. */
const placeSchema = z.object({
  /** Receipts of alerts that an earlier version sent without a tag. */
  receipts: z.array(z.string().regex(/^[A-Za-z0-9]{1,64}$/)).catch([]),
  /** True if an alert that rings was sent, or may have been because its answer was lost. */
  rings: z.boolean().exactOptional(),
})
type Place = z.output<typeof placeSchema>
const silent: Place = { receipts: [] }
/** Any list of receipts is read, so that a value of another channel is not taken for a silent alert. */
const storedSchema = placeSchema.extend({ receipts: z.array(z.string()) })
const alerts: KeptPosts = {
  kind: 'alerts',
  isOpen: (posted) => {
    const stored = storedSchema.safeParse(posted).data
    return stored && (stored.rings === true || stored.receipts.length > 0)
  },
}

/** Sends to phones through Pushover. */
export const pushover = defineChannel({
  schema: settingsSchema,
  keeps: alerts,
  preview: 'request',
  placeOf: ({ token, user, apiUrl }) => [token, user, apiUrl],
  secrets: secretsOf,
  countedBy: ({ token }) => token,
  open: (settings, deps) => {
    const steps = createSteps()
    return {
      handler: {
        type: 'pushover',
        handle: async (notification, context) => {
          // A notification that only ends the ringing is not sent as a message.
          const isWanted = context.closesOnly !== true && passesFilter({ ...settings, closes: false }, notification)
          const formerSubject = formerSubjectOf(notification)
          const access = { ...deps, ...context, steps, isWanted, ...defined({ formerSubject }) }
          const newest = context.newest && deps.compose(context.newest)
          const place = await tell(asOver(deps.compose(notification), newest, context), settings, access)
          steps.end(notification.id)
          return place
        },
      },
      // At most seven requests: alerts that still ring are cancelled first: of the subject, a moved plan, their parts.
      timeoutMs: settings.timeout * mostRequestTimes,
      maxAttempts: settings.maxAttempts,
    }
  },
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
  /** The ringing that earlier tries have ended. */
  readonly steps: Steps
  /** True if the handler gets it for itself, and not only because it closes something. */
  readonly isWanted: boolean
  /** The subject of a plan that goes on under this one. */
  readonly formerSubject?: string
}

async function tell(message: Message, settings: Settings, access: Access): Promise<Place> {
  const post = ask(settings, access)
  const before = placeSchema.safeParse(access.posted).data ?? silent
  const { token, user } = settings
  const endRinging = async (subject: string, { receipts, rings = false }: Place): Promise<void> => {
    const byTag = rings ? [`cancel_by_tag/${tagOf(subject, settings)}.json`] : []
    for (const path of [...byTag, ...receipts.map((receipt) => `${receipt}/cancel.json`)])
      await access.steps.once(message.id, path, () => unlessUnknown(() => post(`1/receipts/${path}`, { token })))
  }
  // The state of a later notification takes precedence: an outdated one neither starts nor ends the ringing.
  const { outdated = false, formerSubject } = access
  const isEnd = message.standing !== 'open' || isAnswer(message.event)
  const ends = isEnd && !outdated
  for (const [subject, posted] of access.ended ?? [])
    await endRinging(subject, placeSchema.safeParse(posted).data ?? silent)
  if (ends) await endRinging(message.subject, before)
  const left = ends ? silent : before
  // The notification was handed over only to end the ringing, of this subject or of a plan that goes on under it.
  if ((isEnd || formerSubject !== undefined) && !access.isWanted) return left
  const most =
    access.quiet === true || (message.standing !== 'open' && outdated)
      ? urgencies.low
      : !isEnd && !outdated
        ? urgencies.critical
        : urgencies.high
  const content = contentOf(message, settings, most)
  const after: Place = content.priority === 2 ? { ...left, rings: true } : left
  // Stored first: if the answer is lost, the alert may ring all the same.
  if (content.priority === 2) await access.remember?.(after)
  await post('1/messages.json', { token, user, ...content })
  return after
}

/**
 * Returns a message that was held back until its subject was over as one that says so, because it is sent after the
 * message that told the end. Without `newest`, the end was told under another subject.
 */
function asOver(message: Message, newest: Message | undefined, { outdated = false }: HandlerContext): Message {
  if (!outdated || message.standing !== 'open' || newest?.standing === 'open') return message
  const { advice: _advice, ...rest } = message
  const since = newest === undefined ? 'This is over.' : `Since then: ${newest.title}.`
  return { ...rest, standing: 'over', title: `[closed] ${message.title}`, lines: [since, ...message.lines] }
}

/** The tag that ends all ringing of a subject at once, even if the receipts are unknown. */
function tagOf(subject: string, { user }: Settings): string {
  return createHash('sha256')
    .update(JSON.stringify([user, subject]))
    .digest('hex')
    .slice(0, 40)
}

/** Ignores a permanent refusal: an alert that has ended or is unknown does not ring. */
async function unlessUnknown(cancel: () => Promise<unknown>): Promise<void> {
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
// Maximum lengths in code points, of up to four bytes each.
const most = { title: 250, message: 1_024, url: 512, label: 100 }

function contentOf(message: Message, settings: Settings, mostUrgent: number) {
  const { retry, expire } = settings
  const { title, links } = message
  const [link] = links
  const fits = link !== undefined && codePoints(link.url) <= most.url
  const priority = Math.min(mostUrgent, urgencies[message.priority])
  return {
    title: cutText(title, most.title),
    message: phoneText(message, { max: most.message, measure: codePoints, linksElsewhere: fits ? 1 : 0 }),
    priority,
    ...(priority === 2 && { retry: retry / 1_000, expire: expire / 1_000, tags: tagOf(message.subject, settings) }),
    ...(fits && { url: link.url, url_title: cutText(link.label, most.label) }),
  }
}

const takenSchema = z.object({ status: z.literal(1) })
const refusedSchema = z.object({ status: z.int(), errors: z.array(z.string()).catch([]) })

function judge({ status, json, header }: ServiceAnswer, now: number): Verdict | undefined {
  if (status >= 300 && status <= 399) return {}
  if (takenSchema.safeParse(json).success && status === 200) return { kind: 'taken' }
  const words = refusedSchema.safeParse(json).data?.errors.join(', ')
  if (status === 429) {
    // The messages of the month are used up, so a wait of a few seconds does not help.
    const reset = Number(header('x-limit-app-reset')) * 1_000
    return { words: words ?? 'no messages left', waitMs: reset > now ? reset - now : 3_600_000 }
  }
  if (words === undefined) return undefined
  return status === 200 ? { kind: 'permanent', words } : { words }
}
