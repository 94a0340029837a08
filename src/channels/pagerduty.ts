import { createHash } from 'node:crypto'
import * as z from 'zod'
import { redactor } from '../domain/secrets/redactor.js'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import { formerSubjectOf, priorities, type Priority } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
import { flag, httpUrl, oneOf } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { askService, kindOfStatus, type ServiceAnswer, type Verdict } from './askService.js'
import { type ChannelDeps, channelKeys, defineChannel, type KeptPosts, rateKey, serviceKeys } from './Channel.js'
import { createSteps, mostRequestTimes, type Steps } from './createSteps.js'
import { cutText, fitList, utf8Bytes } from './cutText.js'
import { passesFilter } from './filter.js'
import type { HandlerContext } from './Handler.js'
import { serviceUrl } from './serviceUrl.js'

const settingsSchema = section({
  type: z.literal('pagerduty').describe('Opens and closes alerts of PagerDuty.'),
  routingKey: z
    .string({ error: 'expected an integration key of 32 letters and digits' })
    .regex(/^[A-Za-z0-9]{32}$/, { error: 'expected an integration key of 32 letters and digits' })
    .describe('The integration key of a service (Events API v2).'),
  apiUrl: httpUrl()
    .prefault('https://events.pagerduty.com')
    .describe('URL of the Events API: https://events.eu.pagerduty.com for accounts in Europe.'),
  closes: flag()
    .prefault(true)
    .describe(
      'Resolve the alert when its subject is over, or when it only asked for our vote and the vote ends; acknowledge it when we have voted. This applies whatever minPriority, events and routes say.',
    ),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('100/1m'),
  minPriority: oneOf(priorities)
    .prefault('critical')
    .describe('Minimum priority. Below critical there are messages that nobody wants to be woken for.'),
}).describe(
  'One alert for each proposal and upgrade. Its notifications open the alert or are added to it, our vote acknowledges it, and the end or withdrawal of its subject resolves it. A critical notification pages again even if an earlier one was acknowledged. `routingKey` is never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** Whether the alert is open, and whether it was opened only to ask for our vote. */
const placeSchema = z.object({ open: z.boolean(), asks: z.boolean().exactOptional() })
type Place = z.output<typeof placeSchema>
const alerts: KeptPosts = { kind: 'alerts', isOpen: (posted) => placeSchema.safeParse(posted).data?.open }

/** Opens, acknowledges and resolves alerts. */
export const pagerduty = defineChannel({
  bundles: false,
  schema: settingsSchema,
  keeps: alerts,
  preview: 'request',
  placeOf: ({ routingKey, apiUrl }) => [routingKey, apiUrl],
  secrets: ({ routingKey, apiUrl }) => ({ urls: [apiUrl], secrets: [routingKey] }),
  countedBy: ({ routingKey }) => routingKey,
  open: (settings, deps) => {
    const steps = createSteps()
    return {
      handler: {
        type: 'pagerduty',
        handle: async (notification, context) => {
          const isWanted = context.closesOnly !== true && passesFilter({ ...settings, closes: false }, notification)
          const formerSubject = settings.closes ? formerSubjectOf(notification) : undefined
          const ended = settings.closes ? context.ended : undefined
          const access = { ...deps, ...context, steps, isWanted, ...defined({ formerSubject, ended }) }
          const place = await tell(deps.compose(notification), settings, access)
          steps.end(notification.id)
          return place
        },
      },
      // At most seven requests: a plan that was moved, the parts of two plans, resolve in order to page again, trigger.
      timeoutMs: settings.timeout * mostRequestTimes,
      maxAttempts: settings.maxAttempts,
    }
  },
})

interface Access extends Pick<ChannelDeps, 'http' | 'now'>, HandlerContext {
  /** The alerts that earlier tries have resolved. One that is resolved in order to page again must page only once. */
  readonly steps: Steps
  /** True if the handler gets it for itself, and not only because it closes something. */
  readonly isWanted: boolean
  /** A subject that goes on under this one: no later notification would close its alert. */
  readonly formerSubject?: string
}

// Our own vote acknowledges the alert: the rest of the proposal needs nobody.
const acknowledging: ReadonlySet<string> = new Set(['voted'])
// Events that ask for our vote. Once the vote has ended, they must wake nobody.
const asking: ReadonlySet<string> = new Set(['voting_ending_soon', 'not_voted'])

async function tell(message: Message, settings: Settings, access: Access): Promise<Place> {
  const { steps, isWanted, formerSubject } = access
  const known = placeSchema.safeParse(access.posted).data
  const place = known ?? { open: false }
  const { open: isOpen, asks = false } = place
  const send = (event: object): Promise<unknown> => enqueue(message, event, settings, access)
  for (const subject of alertsEnded(access))
    await steps.once(message.id, subject, () =>
      enqueue({ ...message, subject }, { event_action: 'resolve' }, settings, access),
    )
  // The notification was handed over only to close that alert.
  if (formerSubject !== undefined && !isWanted) return place
  if (access.outdated === true) {
    // A later notification has opened or closed the alert: this one is at most added to it, and pages nobody. If the
    // later one is unknown, it was of another subject and closed this alert, also one that an attempt without an
    // answer had opened.
    if (isOpen && message.standing === 'open' && access.newest !== undefined) await send(trigger(message))
    else if (!isOpen && access.newest === undefined) await send({ event_action: 'resolve' })
    return place
  }
  if (message.standing !== 'open' || (message.event === 'voting_ended' && isOpen && asks)) {
    await send({ event_action: 'resolve' })
    return { open: false }
  }
  if (acknowledging.has(message.event)) {
    await send({ event_action: 'acknowledge' })
    return place
  }
  // The notification was handed over only to close an alert that asks for our vote, and none is open.
  if (message.event === 'voting_ended' && (!isWanted || (known !== undefined && !isOpen))) return place
  // An event that is added to an acknowledged alert reaches nobody, so the alert is resolved first.
  // If the answer to the trigger is lost, a retry goes to the same alert as long as that is not resolved again.
  if (isOpen && message.priority === 'critical')
    await steps.once(message.id, message.subject, () => send({ event_action: 'resolve' }))
  await send(trigger(message))
  return { open: true, ...(asking.has(message.event) && (asks || !isOpen) && { asks: true }) }
}

/** Returns the other subjects whose alerts end with the notification. */
function alertsEnded({ formerSubject, ended = new Map<string, Json>(), outdated }: Access): ReadonlySet<string> {
  const open = [...ended].filter(([, posted]) => placeSchema.safeParse(posted).data?.open === true)
  // The former subject is resolved even without an open alert, because the answer to its trigger may have been lost. A
  // late notification leaves it alone, because the plan may have been moved back since.
  const former = formerSubject === undefined || outdated === true ? [] : [formerSubject]
  return new Set([...former, ...open.map(([subject]) => subject)])
}

function enqueue(message: Message, event: object, settings: Settings, access: Access): Promise<unknown> {
  const { routingKey, apiUrl, timeout } = settings
  return askService({
    ...access,
    service: 'PagerDuty',
    url: serviceUrl(apiUrl, 'v2/enqueue'),
    body: JSON.stringify({ routing_key: routingKey, dedup_key: dedupKey(message.subject), ...event }),
    timeoutMs: timeout,
    judge,
    conceal: redactor({ urls: [], secrets: [routingKey] }),
  })
}

/** Returns the subject, or its hash if it is too long. */
function dedupKey(subject: string): string {
  return utf8Bytes(subject) <= 255 ? subject : createHash('sha256').update(subject).digest('hex')
}

const severities = { low: 'info', medium: 'warning', high: 'error', critical: 'critical' } as const satisfies Record<
  Priority,
  string
>
const maxLinks = 20

function trigger(message: Message): object {
  const { chain, event, priority, timestamp, lines, facts, advice, links } = message
  return {
    event_action: 'trigger',
    client: 'govstream',
    payload: {
      summary: cutText(summaryOf(message), 1_024),
      source: `govstream: ${chain}`,
      severity: severities[priority],
      timestamp,
      component: chain,
      group: cutText(message.subject, 255),
      class: event,
      // PagerDuty takes at most 512 kB for the whole event.
      custom_details: {
        ...(advice !== undefined && { 'What to do': cutText(advice, 4_000) }),
        'What happened': fitList(lines, { max: 60_000 }).join('\n'),
        Facts: fitList(
          facts.map(({ name, value }) => `${name}: ${value}`),
          { max: 20_000 },
        ).join('\n'),
      },
    },
    links: links.slice(0, maxLinks).map(({ label, url }) => ({ href: url, text: cutText(label, 200) })),
  }
}

/** Returns all that a phone shows: the title and the chain. */
function summaryOf({ title, chain }: Message): string {
  return [`${chain} `, `${chain}: `].some((start) => title.startsWith(start)) ? title : `${chain}: ${title}`
}

const answerSchema = z.object({
  status: z.string(),
  message: z.string().catch(''),
  errors: z.array(z.string()).catch([]),
})

// PagerDuty takes 120 events a minute. It never says how long to wait, but a gateway may.
const restMs = 30_000

function judge({ status, json, header }: ServiceAnswer): Verdict | undefined {
  if (status === 429)
    return { words: 'too many events', ...(header('retry-after') === undefined && { waitMs: restMs }) }
  if (status >= 300 && status <= 399) return {}
  const answer = answerSchema.safeParse(json).data
  if (answer === undefined) return undefined
  if (kindOfStatus(status) === 'taken') return answer.status === 'success' ? {} : undefined
  return {
    words: [answer.message, ...answer.errors].filter((words) => words !== '').join(': '),
    ...(status === 400 && { advice: 'Check that the key is that of an integration with the Events API v2.' }),
  }
}
