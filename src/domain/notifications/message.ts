import { defined } from '../defined.js'
import { type Labels, labelsText } from '../labels.js'
import { localTimeIn, type Viewpoint } from '../text/localTime.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { declarationOf, isProposalEvent } from './events/eventCatalogue.js'
import type { Reader } from './events/eventDeclaration.js'
import { partSubjects } from './events/planSubject.js'
import { type LinkTemplates, linksTo, type MessageLink } from './messageLinks.js'
import type { MessageFact, MessageText, Standing } from './messageText.js'
import {
  formerSubjectOf,
  type Notification,
  type NotificationEvent,
  type NotificationOf,
  type Priority,
  subjectOf,
} from './notification.js'
import { orElse, strictData } from './strictData.js'

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
  readonly standing: Standing
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
    const from = viewpointOf(notification.timestamp, now?.())
    const written = (text: MessageText): Message => messageWith(text, notification, { clock, links })
    return orElse(
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

/** A message in UTC and without links. */
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

/** How its subject stands after a notification; `open` where that cannot be told of what another version wrote. */
export function standingOf(notification: Notification): Standing {
  return orElse(
    () => declaredStanding(notification),
    () => 'open',
  )
}

/**
 * The subjects that are over with a notification: its own, that of a plan that goes on under it, and with a plan what
 * was told of the looks before its height and of the command after its file. Of the data of any version.
 */
export function subjectsEndedBy(notification: Notification): readonly string[] {
  const former = formerSubjectOf(notification)
  const own = standingOf(notification) === 'open' ? [] : [subjectOf(notification)]
  const ended = former === undefined ? own : [...own, former]
  return isAboutPlan(notification) ? ended.flatMap((subject) => [subject, ...partSubjects(subject)]) : ended
}

/** True of what tells of a proposal or an upgrade itself. */
function isAboutPlan({ event }: Notification): boolean {
  return isProposalEvent(event) || event.startsWith('upgrade_')
}

function declaredStanding<Event extends NotificationEvent>({ event, data }: NotificationOf<Event>): Standing {
  return declarationOf(event)?.standing?.(strictData(data)) ?? 'open'
}
