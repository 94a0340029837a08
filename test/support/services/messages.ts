import { defined } from '../../../src/domain/defined.js'
import { DeliveryError } from '../../../src/domain/errors.js'
import { formerSubjectOf, type Notification } from '../../../src/domain/notifications/notification.js'
import type { HandlerContext } from '../../../src/channels/Handler.js'
import type { Message } from '../../../src/domain/notifications/message.js'
import { boundedJson } from '../../../src/domain/text/boundedJson.js'
import type { Json, JsonObject } from '../../../src/domain/text/json.js'
import { channelOf, handlerSchema } from '../../../src/channels/registry.js'
import { createHttpClient } from '../../../src/transport/createHttpClient.js'
import { notification } from '../storeGiven.js'

/** A message with only a title. */
export function messageGiven(over: Partial<Message> = {}): Message {
  return {
    id: 'upgrade_scheduled:local/7',
    subject: 'local/7',
    event: 'upgrade_scheduled',
    priority: 'high',
    chain: 'local',
    title: 'v2 is scheduled for height 1,000',
    lines: [],
    facts: [],
    links: [],
    timestamp: '2026-11-26T14:05:00Z',
    standing: 'open',
    ...over,
  }
}

/** All parts of a message. */
export const whole = {
  lines: ['Your node switches in about 3 h 20 min.', 'Proposal 7 passed.'],
  facts: [
    { name: 'Height', value: '1,000' },
    { name: 'For', value: '12' },
  ],
  advice: 'Make sure that v2 is in place.',
  links: [
    { label: 'Proposal', url: 'https://gov.example/p/7?a=1&b=2' },
    { label: 'Block 1000', url: 'https://gov.example/b/1000' },
  ],
} as const satisfies Partial<Message>

/** The same as read, line by line. */
export const wholeLines = [
  'v2 is scheduled for height 1,000',
  'Your node switches in about 3 h 20 min.',
  'Proposal 7 passed.',
  'What to do: Make sure that v2 is in place.',
  'Height: 1,000',
  'For: 12',
  'Proposal · Block 1000',
  'local · high · 2026-11-26 14:05 UTC',
]

/** The next notification of the subject: its end. */
export const completed = {
  id: 'upgrade_completed:local/7',
  event: 'upgrade_completed',
  title: 'v2 is in place',
  standing: 'over',
} as const satisfies Partial<Message>

/** The next notification of the subject: its retraction. */
export const retracted = {
  id: 'proposal_retracted:local/7',
  event: 'proposal_retracted',
  title: 'Proposal 7 is gone',
  standing: 'withdrawn',
} as const satisfies Partial<Message>

export interface Teller {
  /**
   * Delivers the message as the outbox does: the receipt of the channel is kept for the
   * subject.
   */
  readonly tell: (
    over?: Partial<Message>,
    how?: Pick<HandlerContext, 'outdated' | 'closesOnly'> & {
      readonly newest?: Partial<Message>
      readonly data?: JsonObject
    },
  ) => Promise<unknown>
  /** Updates the post of its subject, or of another one, as between two notifications. */
  readonly edit: (over?: Partial<Message>, subject?: string) => Promise<unknown>
  /** As another process with the same state. */
  readonly restart: () => void
  /** The receipts, by subject. */
  readonly posted: Map<string, Json>
  /** Uses another channel from now on, with the same state. */
  readonly reconfigure: (over: object) => void
}

/** The error of a failed delivery. */
export async function failureOf(telling: Promise<unknown>): Promise<DeliveryError> {
  const cause: unknown = await telling.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (cause instanceof DeliveryError) return cause
  throw new Error(`no delivery error: ${String(cause)}`)
}

const never = new AbortController().signal

/** What the filter of a handler looks at. */
function notificationOf({ id, event, priority, chain }: Message, data?: JsonObject): Notification {
  return notification(id, { event, priority, chain, ...defined({ data }) })
}

/** A handler with these settings, with a state behind it. */
export function tellerOf(settings: object, now: () => number = () => 0): Teller {
  const posted = new Map<string, Json>()
  const http = createHttpClient()
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const told = new Map<string, Message>()
  const openWith = (given: object) => {
    const parsed = handlerSchema.parse(given)
    const compose = ({ id }: { readonly id: string }) => told.get(id) ?? messageGiven()
    return channelOf(parsed).open(parsed, { log, http, now, compose }).handler
  }
  const known = (over: Partial<Message>): Message => {
    const message = messageGiven(over)
    told.set(message.id, message)
    return message
  }
  const keep = ({ subject }: Message, answer: unknown): Json | undefined => {
    const receipt = boundedJson(answer)
    if (receipt !== undefined) posted.set(subject, receipt)
    return receipt
  }
  let handler = openWith(settings)
  return {
    posted,
    restart: () => {
      handler = openWith(settings)
    },
    reconfigure: (over) => {
      handler = openWith({ ...settings, ...over })
    },
    tell: async (over = {}, { newest, data, ...how } = {}) => {
      const message = known(over)
      const remember = (place: unknown): Promise<void> => {
        keep(message, place)
        return Promise.resolve()
      }
      const former = formerSubjectOf(notificationOf(message, data))
      const plans = [
        ...(former === undefined ? [] : [former]),
        ...(message.standing === 'open' ? [] : [message.subject]),
      ]
      const others = plans.flatMap((plan) => [plan, `${plan}/preflight`, `${plan}/hook`])
      const before = defined({
        former: former === undefined ? undefined : posted.get(former),
        ended: new Map([...posted].filter(([subject]) => subject !== message.subject && others.includes(subject))),
        posted: posted.get(message.subject),
        newest: newest === undefined ? undefined : notificationOf(known(newest)),
      })
      return keep(
        message,
        await handler.handle(notificationOf(message, data), { signal: never, remember, ...how, ...before }),
      )
    },
    edit: async (over = {}, subject) => {
      const message = known(over)
      const of = subject ?? message.subject
      const context = { signal: never, posted: posted.get(of) ?? null, subject: of }
      return keep({ ...message, subject: of }, await handler.edit?.(notificationOf(message), context))
    },
  }
}
