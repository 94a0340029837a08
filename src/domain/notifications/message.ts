import { defined } from '../defined.js'
import { type Labels, labelsText } from '../labels.js'
import { localTimeIn, type Viewpoint } from '../text/localTime.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { declarationOf, eventCatalogue, isProposalEvent } from './events/eventCatalogue.js'
import type { Reader } from './events/eventDeclaration.js'
import { partSubjects } from './events/planSubject.js'
import { type LinkTemplates, linksTo, type MessageLink } from './messageLinks.js'
import type { MessageFact, MessageText, SubjectStanding } from './messageText.js'
import {
  formerSubjectOf,
  type Notification,
  type NotificationEvent,
  type NotificationOf,
  type Priority,
  subjectOf,
} from './notification.js'
import { withFallback, strictData } from './strictData.js'

/**
 * The content of one notification for people, before it is converted into the syntax of a service. All text is plain
 * and cleaned (`cleanText`). Each channel does its own escaping and shortens the text to the limits of its service.
 */
export interface Message {
  /** The id of the notification; it is the same for the same fact. */
  readonly id: string
  /** The subject; messages with the same subject belong to one thread. */
  readonly subject: string
  readonly event: NotificationEvent
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /**
   * What happened and what it means for the reader, the most important first. Each entry is one paragraph on one line.
   */
  readonly lines: readonly string[]
  /** Number of lines that were left out. @defaultValue none */
  readonly more?: number
  /** Short named facts, such as the tally or the height, for services that can display them separately. */
  readonly facts: readonly MessageFact[]
  /** What the reader should do now; absent if nothing. */
  readonly advice?: string
  readonly links: readonly MessageLink[]
  /** ISO 8601 UTC. */
  readonly timestamp: string
  /** The timestamp for people, in the reader's time zone. @defaultValue the timestamp */
  readonly when?: string
  readonly standing: SubjectStanding
}

/** Settings for the reader of the messages. */
export interface MessageOptions {
  /** IANA time zone of the times in messages. @defaultValue `UTC` */
  readonly timezone?: string
  /** Link templates by the name of a chain. @defaultValue none */
  readonly links?: ReadonlyMap<string, LinkTemplates>
  /**
   * Host clock, Unix milliseconds. With it, a notification that was delayed for long is phrased from the present
   * moment.
   * @defaultValue messages are phrased from the time of the notification
   */
  readonly now?: () => number
}

// Up to this age in milliseconds a notification counts as recent, because blocks, polls and retries take a while.
const lateMs = 600_000

const maxTitle = 300
const maxLine = 2_000
const maxFact = 300

/**
 * Composes messages for one reader: first what happened and what it means. Times are in the reader's time zone;
 * durations count from the notification's own time, or from now if that is long ago. A notification of another version
 * that has an unknown event, or lacks data that the texts need, is shown with its stored title and message.
 */
export function composeMessages({ timezone = 'UTC', links = new Map(), now }: MessageOptions = {}): (
  notification: Notification,
) => Message {
  const clock = localTimeIn(timezone)
  return (notification) => {
    const from = viewpointOf(notification.timestamp, now?.())
    const written = (text: MessageText): Message => messageWith(text, notification, { clock, links })
    return withFallback(
      () => written(declaredText(notification, { clock, from }) ?? ownWords(notification)),
      () => written(ownWords(notification)),
    )
  }
}

function messageWith(
  { title, lines, facts, advice, about }: MessageText,
  notification: Notification,
  { clock, links }: { readonly clock: Reader['clock']; readonly links: ReadonlyMap<string, LinkTemplates> },
): Message {
  const { id, event, priority, chain, timestamp, labels = {} } = notification
  return {
    id,
    subject: subjectOf(notification),
    event,
    priority,
    chain,
    title: cleanLine(title ?? notification.title, maxTitle),
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

/** Composes a message in UTC and without links. */
export const messageOf: (notification: Notification) => Message = composeMessages()

function viewpointOf(timestamp: string, now: number | undefined): Viewpoint {
  const isLate = now !== undefined && now - Date.parse(timestamp) >= lateMs
  return { from: isLate ? isoOfMs(now) : timestamp, isLate }
}

function declaredText<Event extends NotificationEvent>(
  { event, data, chain, timestamp }: NotificationOf<Event>,
  reader: Reader,
): MessageText | undefined {
  return declarationOf(event)?.say?.(strictData(data), { chain, timestamp }, reader)
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

/** Returns the state of the subject after a notification; `open` if the data of another version does not tell. */
export function standingOf(notification: Notification): SubjectStanding {
  return withFallback(
    () => declaredStanding(notification),
    () => 'open',
  )
}

/**
 * Returns the subjects that end with a notification: its own, that of the plan that continues under it, and for a plan
 * also those of its preflight checks and of the command after its file. Accepts the data of any version.
 */
export function subjectsEndedBy(notification: Notification): readonly string[] {
  const former = formerSubjectOf(notification)
  const own = standingOf(notification) === 'open' ? [] : [subjectOf(notification)]
  const ended = former === undefined ? own : [...own, former]
  return isAboutPlan(notification) ? ended.flatMap((subject) => [subject, ...partSubjects(subject)]) : ended
}

// These may end the subject under which their plan was known before.
const moving: ReadonlySet<string> = new Set(['upgrade_scheduled', 'upgrade_rescheduled'])

/** All events that may end a subject, so that the notifications of others need not be read in search of an end. */
export const endingEvents: readonly string[] = Object.entries(eventCatalogue).flatMap(([event, { standing }]) =>
  standing !== undefined || moving.has(event) ? [event] : [],
)

/** Returns true if the notification is about a proposal or an upgrade itself. */
function isAboutPlan({ event }: Notification): boolean {
  return isProposalEvent(event) || event.startsWith('upgrade_')
}

function declaredStanding<Event extends NotificationEvent>({ event, data }: NotificationOf<Event>): SubjectStanding {
  return declarationOf(event)?.standing?.(strictData(data)) ?? 'open'
}
