import { type LocalTime, utc } from '../../text/localTime.js'
import { cleanLine } from '../../text/text.js'
import { durationText, isoOfMs } from '../../text/time.js'
import type { ExampleOptions } from '../examples/exampleChain.js'
import type { MessageText } from '../messageText.js'
import { countText, notificationsText } from '../phrases.js'
import { event, over } from './eventDeclaration.js'

/** A channel that does not accept notifications, or accepts them again. */
export type ChannelData = {
  /** The name of its handler. */
  readonly channel: string
  /** When the first try failed. */
  readonly since: string
  /** When a try first succeeded again. */
  readonly until: string | null
  /** Number of failed tries. */
  readonly tries: number
  /** Why the last try failed. */
  readonly reason: string
  /** The status of the last answer, such as 503. */
  readonly status: number | null
  /** Number of notifications that waited for it then. */
  readonly waiting: number
  /** The time until which the receiver asked for a pause. Earlier versions do not write it. */
  readonly pausedUntil?: string | null
}

export const channelEvents = {
  channel_down: event<ChannelData>({
    priority: 'high',
    when: 'a channel gave up a notification, failed at least three times within more than a minute, or asked for a pause of more than ten minutes; sent through the other channels',
    title: (data) => `Notifications do not reach ${nameOf(data)}`,
    message: (data) => downLines(data, utc),
    say: (data, _, { clock }) => ({
      lines: downLines(data, clock),
      facts: channelFacts(data, clock),
      about: {},
      advice: `Check the service and the settings of ${data.channel}. Until then, notifications reach you only through other channels.`,
    }),
    subject: channelSubject,
    example: (options) => outageOf(options, { until: null, waiting: 3 }),
  }),
  channel_recovered: event<ChannelData>({
    priority: 'low',
    when: 'a channel that was down accepts notifications again, and no attempt has failed for five minutes (failures before that belong to the same outage), or it was removed from the configuration',
    title: (data) =>
      `Notifications ${data.until === null ? `no longer go to ${nameOf(data)}` : `reach ${nameOf(data)} again`}`,
    message: (data) => [recoveredText(data)],
    say: (data, _, { clock }) => ({ lines: [recoveredText(data)], facts: channelFacts(data, clock), about: {} }),
    subject: channelSubject,
    standing: over,
    example: (options) => outageOf(options, { until: isoOfMs(options.now - 300_000), waiting: 0 }),
  }),
}

const maxName = 100

function nameOf({ channel }: ChannelData): string {
  return cleanLine(channel, maxName)
}

function channelSubject({ channel }: ChannelData, chain: string): string {
  return `${chain}/channel/${channel}`
}

/** Says how an outage ended: with a successful try, or because the channel was removed, in which case it has no end. */
function recoveredText(data: ChannelData): string {
  const { since, until } = data
  if (until === null) return `${nameOf(data)} accepted no notifications, and is no longer configured.`
  const lasted = Math.max(0, Math.round((Date.parse(until) - Date.parse(since)) / 1000))
  return `${nameOf(data)} accepts notifications again, after ${durationText(lasted)}.`
}

function downLines(data: ChannelData, clock: LocalTime): readonly string[] {
  const until = 'pausedUntil' in data ? data.pausedUntil : undefined
  return [
    `${nameOf(data)} accepts no notifications: ${data.reason}`,
    ...(until === undefined || until === null ? [] : [`It asked for a pause until ${clock.full(until)}.`]),
    waitingText(data.waiting),
  ]
}

/** Says what is done with the notifications that the channel did not accept. */
function waitingText(waiting: number): string {
  const waits =
    waiting === 0
      ? ''
      : `${notificationsText(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for it and ${waiting === 1 ? 'is' : 'are'} tried again. `
  return `${waits}"govstream notifications --failed" lists those that were given up; "--resend all" sends them again.`
}

function channelFacts({ since, until, tries, status }: ChannelData, clock: LocalTime): MessageText['facts'] {
  return [
    { name: 'Down since', value: clock.full(since) },
    ...(until === null ? [] : [{ name: 'Down until', value: clock.full(until) }]),
    { name: 'Failed tries', value: countText(BigInt(tries)) },
    ...(status === null ? [] : [{ name: 'Last answer', value: String(status) }]),
  ]
}

function outageOf({ now }: ExampleOptions, end: Pick<ChannelData, 'until' | 'waiting'>): ChannelData {
  return {
    channel: 'slack',
    since: isoOfMs(now - 3_600_000),
    tries: 9,
    reason: 'Slack at slack.com answered 503: Service Unavailable.',
    status: 503,
    ...end,
  }
}
