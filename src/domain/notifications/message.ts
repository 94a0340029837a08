import { defined } from '../defined.js'
import { type Labels, labelsText } from '../labels.js'
import { type LocalTime, localTimeIn, type Viewpoint } from '../text/localTime.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { reminderTitle } from './announceReminder.js'
import { type LinkSubjects, linksTo, type LinkTemplates } from './messageLinks.js'
import type { Notification, NotificationEvent, NotificationOf, Priority } from './notification.js'
import { subjectOf } from './notification.js'
import { isDoneByPassing, isProposalEvent, isReminderEvent, type ProposalEvent } from './proposalData.js'
import { isUpgradeEvent } from './upgradeData.js'
import { isOperationEvent, operationMessage } from './operationMessage.js'
import { proposalMessage } from './proposalMessage.js'
import { upgradeMessage } from './upgradeMessage.js'

/** An address to follow, and what stands there. */
export interface MessageLink {
  readonly label: string
  /** http or https. */
  readonly url: string
}

/** A short fact and what it is called. */
export interface MessageFact {
  readonly name: string
  readonly value: string
}

/**
 * What a channel tells people of one notification, before it is put into the syntax of a service. All text is plain and
 * cleaned (`cleanText`); escaping, and cutting to the limits of a service, are each channel's own work.
 */
export interface Message {
  /** Of the notification; the same fact always has the same one. */
  readonly id: string
  /** What it is about: messages of one subject belong into one thread. */
  readonly subject: string
  readonly event: NotificationEvent
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /** What happened and what it means for the reader, most important first. Each is one paragraph on one line. */
  readonly lines: readonly string[]
  /** How many more lines there would be. @defaultValue none */
  readonly more?: number
  /** Short facts by name, such as the tally or the height, for services that can set them apart. */
  readonly facts: readonly MessageFact[]
  /** What the reader should do now; absent where there is nothing to do. */
  readonly advice?: string
  readonly links: readonly MessageLink[]
  /** ISO 8601 UTC. */
  readonly timestamp: string
  /** The same for people, in the zone of the reader. @defaultValue the timestamp */
  readonly when?: string
  /** `over`: nothing more is to be done about the subject. `withdrawn`: what was told before does not hold any more. */
  readonly standing: 'open' | 'over' | 'withdrawn'
}

const over: ReadonlySet<NotificationEvent> = new Set([
  'proposal_rejected',
  'proposal_executed',
  'proposal_canceled',
  'proposal_expired',
  'proposal_failed',
  'upgrade_completed',
  'upgrade_cancelled',
  'source_recovered',
  'channel_recovered',
  'state_rebuilt',
  'hook_ran',
  'preflight_passed',
  'silence_ended',
])

/** What is said of one notification, before it is put together with what every message has. */
export interface MessageText {
  readonly lines: readonly string[]
  readonly facts: readonly MessageFact[]
  readonly advice?: string
  /** What its links lead to. */
  readonly about: LinkSubjects
}

/** For whom messages are written. */
export interface MessageOptions {
  /** Zone of the IANA database in which times are told. @defaultValue `UTC` */
  readonly timezone?: string
  /** By the name of a chain. @defaultValue none */
  readonly links?: ReadonlyMap<string, LinkTemplates>
  /**
   * Host clock, Unix milliseconds: what was held or could not be sent for long is told as it then stands.
   * @defaultValue as it stood when it happened
   */
  readonly now?: () => number
}

// Until then it is news: blocks, polls and tries take a while.
const lateMs = 600_000

const maxTitle = 300
const maxLine = 2_000
const maxFact = 300

/**
 * Writes messages for one reader: what happened and what it means, first; times in the reader's zone, spans as from the
 * block that the notification is about, or from now where that is long ago. A notification that the texts do not know,
 * or that lacks what they are made of, because another version wrote it, is told in its own words.
 */
export function composeMessages({ timezone = 'UTC', links = new Map(), now }: MessageOptions = {}): (
  notification: Notification,
) => Message {
  const clock = localTimeIn(timezone)
  return (notification) => {
    const { id, event, priority, chain, timestamp, labels = {} } = notification
    const from = viewpointOf(timestamp, now?.())
    const { title, lines, facts, advice, about } = textOf(notification, clock, from)
    return {
      id,
      subject: subjectOf(notification),
      event,
      priority,
      chain,
      title: cleanLine(title, maxTitle),
      lines: lines
        .map((line, at) => cleanLine(at === 0 ? `${chain}: ${line}` : line, maxLine))
        .filter((line) => line !== ''),
      facts: [...facts, ...labelFacts(labels)].map(({ name, value }) => ({ name, value: cleanLine(value, maxFact) })),
      ...defined({ advice }),
      links: linksTo(links.get(chain) ?? {}, about),
      timestamp,
      when: clock.full(timestamp),
      standing: standingOf(notification),
    }
  }
}

/** A message in UTC and without links. */
export const messageOf: (notification: Notification) => Message = composeMessages()

function viewpointOf(timestamp: string, now: number | undefined): Viewpoint {
  const isLate = now !== undefined && now - Date.parse(timestamp) >= lateMs
  return { from: isLate ? isoOfMs(now) : timestamp, isLate }
}

interface TitledText extends MessageText {
  readonly title: string
}

function textOf(notification: Notification, clock: LocalTime, from: Viewpoint): TitledText {
  const { title } = notification
  try {
    if (isOf(notification, isProposalEvent))
      return { title: titleFrom(notification, from), ...proposalMessage(notification, clock, from) }
    if (isOf(notification, isUpgradeEvent)) return { title, ...upgradeMessage(notification, clock, from) }
    if (isOf(notification, isOperationEvent)) return { title, ...operationMessage(notification, clock) }
  } catch (error) {
    // A wrong zone is a mistake in the configuration, and not of the notification.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
  }
  return { title, ...ownWords(notification) }
}

/** A reminder says how much time is left: what is left now, where it is told late. */
function titleFrom(notification: NotificationOf<ProposalEvent>, { from, isLate }: Viewpoint): string {
  const { event, title, timestamp } = notification
  if (!isLate || !isReminderEvent(event) || !('secondsLeft' in notification.data)) return title
  const { secondsLeft, title: about } = notification.data
  if (secondsLeft === null) return title
  const passed = Math.round((Date.parse(from) - Date.parse(timestamp)) / 1_000)
  return reminderTitle(event, about, BigInt(secondsLeft) - BigInt(passed))
}

function isOf<Event extends NotificationEvent>(
  notification: Notification,
  isEvent: (event: string) => event is Event,
): notification is NotificationOf<Event> {
  return isEvent(notification.event)
}

function labelFacts(labels: Labels): readonly MessageFact[] {
  const value = labelsText(labels)
  return value === '' ? [] : [{ name: 'Labels', value }]
}

function ownWords({ chain, message }: Notification): MessageText {
  const [first = '', ...rest] = message.split('\n').filter((line) => line !== '')
  return {
    lines: [first.startsWith(`${chain}: `) ? first.slice(chain.length + 2) : first, ...rest],
    facts: [],
    about: {},
  }
}

/** How its subject stands after a notification. */
export function standingOf(notification: Notification): Message['standing'] {
  const { event } = notification
  if (event === 'proposal_retracted') return 'withdrawn'
  if (notification.event === 'proposal_passed') return isDoneByPassing(notification.data) ? 'over' : 'open'
  return over.has(event) && !hasUpgradeAhead(notification) ? 'over' : 'open'
}

/** What is carried out may be no more than the order to switch at a height. */
function hasUpgradeAhead({ event, data }: Notification): boolean {
  return event === 'proposal_executed' && 'plan' in data && data.plan !== null
}
