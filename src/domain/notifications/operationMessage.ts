import { defined } from '../defined.js'
import { recoveredText, waitingText } from './announceOutage.js'
import type { LocalTime } from '../text/localTime.js'
import type { MessageText } from './message.js'
import type { NotificationOf } from './notification.js'
import type { ChannelData, HealthData, HookData, PreflightData } from './notificationData.js'
import { hookAdvice, hookLines, preflightLines, rebuiltAdvice, rebuiltLines, unseenLine } from './operationTexts.js'
import { countText, heightText } from './phrases.js'

/** Events about the work of govstream itself: its sources, its files and its state. */
export type OperationEvent = (typeof operationEvents)[number]

const operationEvents = [
  'source_down',
  'source_recovered',
  'preflight_failed',
  'preflight_passed',
  'file_stale',
  'hook_failed',
  'hook_ran',
  'channel_down',
  'channel_recovered',
  'state_rebuilt',
] as const

/** True where the event is about the work of govstream itself. */
export function isOperationEvent(event: string): event is OperationEvent {
  return operationEvents.some((one) => one === event)
}

/** What people are told of an event of the operation. */
export function operationMessage(notification: NotificationOf<OperationEvent>, clock: LocalTime): MessageText {
  const { chain, timestamp } = notification
  switch (notification.event) {
    case 'source_down': {
      const { data } = notification
      return {
        lines: [clauseOf(withLocalTimes(data.problem ?? 'no answer.', clock)), unseenLine(chain)],
        facts: healthFacts(data, clock),
        about: {},
        advice: 'Look at the node, or give govstream another one to ask.',
      }
    }
    case 'source_recovered': {
      const { data } = notification
      const head = data.block === null ? '' : `; its head is block ${countText(BigInt(data.block))}`
      return { lines: [`it can be read again${head}.`], facts: healthFacts(data, clock), about: {} }
    }
    case 'file_stale': {
      const { name, height, path, reason } = notification.data
      return {
        lines: [clauseOf(reason)],
        facts: [...planFacts({ name, height }), { name: 'File', value: path }],
        about: { height },
        advice: 'Move the file away, unless you mean it: a process manager may act on it.',
      }
    }
    case 'preflight_failed':
    case 'preflight_passed':
      return preflightText(notification.data, clock)
    case 'hook_failed':
      return { ...hookText(notification.data), advice: hookAdvice }
    case 'hook_ran':
      return hookText(notification.data)
    case 'channel_down':
    case 'channel_recovered':
      return channelText(notification, clock)
    case 'state_rebuilt': {
      const { movedTo, problem } = notification.data
      return {
        lines: rebuiltLines({ problem }),
        facts: [
          { name: 'Moved to', value: movedTo },
          { name: 'At', value: clock.full(timestamp) },
        ],
        about: {},
        advice: rebuiltAdvice,
      }
    }
  }
}

/** A sentence of ours as it follows upon the name of a chain. */
function clauseOf(sentence: string): string {
  return sentence.replace(/^(?:The|No|A|An|It|All|None|Nothing) /, (word) => word.toLowerCase())
}

/** Moments in a sentence of ours, as the reader has them. */
function withLocalTimes(sentence: string, clock: LocalTime): string {
  return sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => clock.full(iso))
}

function healthFacts({ since, lastGoodPoll, block }: HealthData, clock: LocalTime): MessageText['facts'] {
  return [
    { name: 'Since', value: clock.full(since) },
    ...(lastGoodPoll === null ? [] : [{ name: 'Last answer', value: clock.full(lastGoodPoll) }]),
    ...(block === null ? [] : [{ name: 'Last block', value: countText(BigInt(block)) }]),
  ]
}

function channelText(
  { event, data }: NotificationOf<'channel_down' | 'channel_recovered'>,
  clock: LocalTime,
): MessageText {
  const { channel, reason, waiting } = data
  const common = { facts: channelFacts(data, clock), about: {} }
  if (event === 'channel_down')
    return {
      ...common,
      lines: [`${channel} takes no notifications: ${reason}`, waitingText(waiting)],
      advice: `Look at the service and at the settings of ${channel}. What is told meanwhile reaches you in other ways only.`,
    }
  return { ...common, lines: [recoveredText(data)] }
}

function channelFacts({ since, until, tries, status }: ChannelData, clock: LocalTime): MessageText['facts'] {
  return [
    { name: 'Since', value: clock.full(since) },
    ...(until === null ? [] : [{ name: 'Until', value: clock.full(until) }]),
    { name: 'Failed tries', value: String(tries) },
    ...(status === null ? [] : [{ name: 'Last answer', value: String(status) }]),
  ]
}

function planFacts({ name, height }: Pick<HookData, 'name' | 'height'>): MessageText['facts'] {
  return [
    { name: 'Upgrade', value: name },
    { name: 'Height', value: heightText(height) },
  ]
}

function hookText({ name, height, proposalId, ...run }: HookData): MessageText {
  const about = { ...defined({ id: proposalId ?? undefined }), height }
  return { lines: hookLines(run), facts: planFacts({ name, height }), about }
}

function preflightText({ name, height, proposalId, checks, checkedAt }: PreflightData, clock: LocalTime): MessageText {
  return {
    lines: preflightLines(checks),
    facts: [...planFacts({ name, height }), { name: 'Looked at', value: clock.full(checkedAt) }],
    about: { ...defined({ id: proposalId ?? undefined }), height },
  }
}
