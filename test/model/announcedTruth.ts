import type { ChainState } from '../../src/domain/chainState.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { planSubject } from '../../src/domain/notifications/events/planSubject.js'
import type { UpgradeStatus } from '../../src/domain/upgrades/upgrade.js'
import type { Played } from './playStory.js'

/** Promise 3: each fact is told once, and what was told last about a subject is so. */
export function toldWrongly({ told, state }: Pick<Played, 'told' | 'state'>): readonly string[] {
  const notifications = told.map(({ notification }) => notification)
  return [
    ...repeated(notifications),
    ...lastWordsWrong(notifications, state),
    ...outOfOrder(notifications),
    ...completedTwice(notifications),
  ]
}

function repeated(notifications: readonly Notification[]): readonly string[] {
  const ids = notifications.map(({ id }) => id)
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => `${id} was told twice.`)
}

const order: readonly string[] = ['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed']

/** An upgrade is triggered once and after it was scheduled, and completed once and after that. */
function outOfOrder(notifications: readonly Notification[]): readonly string[] {
  const furthest = new Map<string, number>()
  return notifications.flatMap((notification) => {
    const step = order.indexOf(notification.event)
    if (step < 0 || !('height' in notification.data) || isVerdictOfChecks(notification)) return []
    const subject = `${subjectOf(notification)} at ${String(notification.data.height)}`
    const before = furthest.get(subject) ?? -1
    furthest.set(subject, step)
    return before > 0 && step <= before ? [`${notification.event} of ${subject} was told after ${order[before]}.`] : []
  })
}

/** A chain carries out one plan of a name at a height, whichever votes asked for it. */
function completedTwice(notifications: readonly Notification[]): readonly string[] {
  const plans = notifications.flatMap((one) =>
    one.event === 'upgrade_completed' && !isVerdictOfChecks(one) ? [`${one.data.name} at ${one.data.height}`] : [],
  )
  return plans.filter((plan, index) => plans.indexOf(plan) !== index).map((plan) => `${plan} was completed twice.`)
}

/** The checks after the height may end in another way than was told with the completion. */
function isVerdictOfChecks({ id }: Notification): boolean {
  return id.endsWith('.after')
}

const endings: Readonly<Record<string, readonly UpgradeStatus[]>> = {
  upgrade_scheduled: ['scheduled'],
  upgrade_rescheduled: ['scheduled'],
  upgrade_triggered: ['in_progress'],
  upgrade_completed: ['completed'],
  upgrade_refused: ['refused', 'cancelled', 'past'],
  upgrade_cancelled: ['cancelled', 'refused', 'pending', 'past'],
  upgrade_failed: ['failed', 'scheduled', 'cancelled', 'refused'],
}

/** What was told last about an upgrade must be so, unless the upgrade no longer exists and was called off. */
function lastWordsWrong(notifications: readonly Notification[], { upgrades }: ChainState): readonly string[] {
  const last = new Map<string, string>()
  for (const notification of notifications) {
    if (endings[notification.event] === undefined) continue
    if (notification.event === 'upgrade_rescheduled' && notification.data.before !== null)
      last.delete(notification.data.before.key)
    last.set(subjectOf(notification), notification.event)
  }
  return [...last].flatMap(([subject, event]) => {
    const status = upgrades.get(subject)?.status ?? 'cancelled'
    return endings[event]?.includes(status) === true ? [] : [`The last word about ${subject} was ${event}: ${status}.`]
  })
}

function subjectOf({ data, chain }: Notification): string {
  return planSubject(data, chain)
}
