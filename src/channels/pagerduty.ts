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
import { type ChannelDeps, channelKeys, defineChannel, rateKey, serviceKeys } from './Channel.js'
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
    .describe('https://events.eu.pagerduty.com for accounts in Europe.'),
  closes: flag()
    .prefault(true)
    .describe(
      'Close the alert when its subject is over, or when it asked for our vote alone and the vote ends, and acknowledge it when we have voted, whatever minPriority, events and routes say.',
    ),
  ...serviceKeys,
  ...channelKeys,
  rate: rateKey('100/1m'),
  minPriority: oneOf(priorities)
    .prefault('critical')
    .describe('Least priority it wants. Below critical there are texts that nobody wants to be woken for.'),
}).describe(
  'One alert for each proposal and upgrade: what is told of it opens the alert or is added to it, our vote acknowledges it, and what is over or withdrawn resolves it. What is critical pages again, also where somebody has acknowledged what came before. `routingKey` is never shown.',
)

type Settings = z.output<typeof settingsSchema>

/** Opens, acknowledges and resolves alerts. */
export const pagerduty = defineChannel({
  bundles: false,
  schema: settingsSchema,
  secrets: ({ routingKey, apiUrl }) => ({ urls: [apiUrl], secrets: [routingKey] }),
  countedBy: ({ routingKey }) => routingKey,
  open: (settings, deps) => {
    const renewed = new Set<string>()
    return {
      handler: {
        type: 'pagerduty',
        handle: (notification, context) => {
          const isWanted = context.closesOnly !== true && passesFilter({ ...settings, closes: false }, notification)
          const formerSubject = settings.closes ? formerSubjectOf(notification) : undefined
          const ended = settings.closes ? context.ended : undefined
          const access = { ...deps, ...context, renewed, isWanted, ...defined({ formerSubject, ended }) }
          return tell(deps.compose(notification), settings, access)
        },
      },
      // A plan that was moved, the parts of two plans, what is resolved to page again, and the trigger.
      timeoutMs: settings.timeout * 7,
      maxAttempts: settings.maxAttempts,
    }
  },
})

interface Access extends Pick<ChannelDeps, 'http' | 'now'>, HandlerContext {
  /** Ids of messages for which an alert was resolved to page again, and that nobody has confirmed yet. */
  readonly renewed: Set<string>
  /** By the filters of the handler, apart from what closes and acknowledges. */
  readonly isWanted: boolean
  /** A subject that goes on under this one: nothing more is told of it that would close its alert. */
  readonly formerSubject?: string
}

// Our vote: the rest of the proposal needs nobody.
const acknowledging: ReadonlySet<string> = new Set(['voted'])
// They ask for our vote: when the vote has ended nobody is to be woken for it.
const asking: ReadonlySet<string> = new Set(['voting_ending_soon', 'not_voted'])
/** How the alert stands, and whether it was opened to ask for our vote and for nothing else. */
const placeSchema = z.object({ open: z.boolean(), asks: z.boolean().exactOptional() })
type Place = z.output<typeof placeSchema>
const remembered = 1_000

async function tell(message: Message, settings: Settings, access: Access): Promise<Place> {
  const { renewed, isWanted, formerSubject } = access
  const known = placeSchema.safeParse(access.posted).data
  const place = known ?? { open: false }
  const { open: isOpen, asks = false } = place
  const send = (event: object): Promise<unknown> => enqueue(message, event, settings, access)
  for (const subject of alertsEnded(access))
    await enqueue({ ...message, subject }, { event_action: 'resolve' }, settings, access)
  // It came to end that alert alone.
  if (formerSubject !== undefined && !isWanted) return place
  if (access.outdated === true) {
    // A later one has opened or closed the alert: this one is at most added to it, and pages nobody. Where that is not
    // known, it told of another subject, and closed this one: also what a try opened whose answer was lost.
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
  // It came to end what asks for our vote, and nothing does.
  if (message.event === 'voting_ended' && (!isWanted || (known !== undefined && !isOpen))) return place
  // What is added to an alert that somebody has acknowledged reaches nobody.
  if (isOpen && message.priority === 'critical' && !renewed.has(message.id)) {
    await send({ event_action: 'resolve' })
    // Where the answer to the trigger is lost, another try is the same alert as long as this one is not resolved.
    renewed.add(message.id)
    for (const oldest of [...renewed].slice(0, Math.max(0, renewed.size - remembered))) renewed.delete(oldest)
  }
  await send(trigger(message))
  renewed.delete(message.id)
  return { open: true, ...(asking.has(message.event) && (asks || !isOpen) && { asks: true }) }
}

/** The alerts of other subjects that are over with what is told. */
function alertsEnded({ formerSubject, ended = new Map<string, Json>(), outdated }: Access): ReadonlySet<string> {
  const open = [...ended].filter(([, posted]) => placeSchema.safeParse(posted).data?.open === true)
  // Its answer may be lost, and with it that it is open. What comes late leaves alone what has come back since.
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

/** The subject; one that is too long, by its hash. */
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
      // The whole event may have 512 kB.
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

/** All that a phone shows: the title, and of which chain it is. */
function summaryOf({ title, chain }: Message): string {
  return [`${chain} `, `${chain}: `].some((start) => title.startsWith(start)) ? title : `${chain}: ${title}`
}

const answerSchema = z.object({
  status: z.string(),
  message: z.string().catch(''),
  errors: z.array(z.string()).catch([]),
})

// 120 events a minute; no answer of PagerDuty says how long to wait, but a gateway may.
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
