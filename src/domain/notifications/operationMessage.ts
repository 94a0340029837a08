import type { LocalTime } from '../text/localTime.js'
import type { MessageText } from './message.js'
import type { NotificationOf } from './notification.js'
import type { HealthData, HookData } from './notificationData.js'
import { hookAdvice, hookLines, rebuiltAdvice, rebuiltLines, unseenLine } from './operationTexts.js'
import { countText, heightText } from './phrases.js'

/** Events about the work of govstream itself: its sources, its files and its state. */
export type OperationEvent = (typeof operationEvents)[number]

const operationEvents = [
  'source_down',
  'source_recovered',
  'file_stale',
  'hook_failed',
  'hook_ran',
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
        lines: [data.problem ?? 'no answer.', unseenLine(chain)],
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
        lines: [reason],
        facts: [...planFacts({ name, height }), { name: 'File', value: path }],
        about: { height },
        advice: 'Move the file away, unless you mean it: a process manager may act on it.',
      }
    }
    case 'hook_failed':
      return { ...hookText(notification.data), advice: hookAdvice }
    case 'hook_ran':
      return hookText(notification.data)
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

function healthFacts({ since, lastGoodPoll, block }: HealthData, clock: LocalTime): MessageText['facts'] {
  return [
    { name: 'Since', value: clock.full(since) },
    ...(lastGoodPoll === null ? [] : [{ name: 'Last answer', value: clock.full(lastGoodPoll) }]),
    ...(block === null ? [] : [{ name: 'Last block', value: countText(BigInt(block)) }]),
  ]
}

function planFacts({ name, height }: Pick<HookData, 'name' | 'height'>): MessageText['facts'] {
  return [
    { name: 'Upgrade', value: name },
    { name: 'Height', value: heightText(height) },
  ]
}

function hookText({ name, height, proposalId, ...run }: HookData): MessageText {
  return { lines: hookLines(run), facts: planFacts({ name, height }), about: { id: proposalId, height } }
}
