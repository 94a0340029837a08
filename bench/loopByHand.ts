import { checkPlan } from '../src/domain/plans/checkPlan.js'
import { announceChange } from '../src/domain/notifications/announceChange.js'
import { announceUpgrade } from '../src/domain/notifications/announceUpgrade.js'
import type { Notification } from '../src/domain/notifications/notification.js'
import type { Change } from '../src/domain/proposals/change.js'
import { keyOf, type Proposal } from '../src/domain/proposals/proposal.js'
import type { GoodReading } from '../src/domain/reading.js'
import { queueOf } from '../src/domain/upgrades/queueOf.js'
import type { Upgrade, UpgradeQueue } from '../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../src/domain/upgrades/upgradeMove.js'
import { chain, contract } from './story.js'

/** What is left when the last reading was handled. */
export interface Outcome {
  readonly changes: number
  readonly notifications: readonly Notification[]
  readonly queue: UpgradeQueue
}

/** What one would write for this single case: maps that are changed in place, and no state that can be rolled back. */
export function runLoop(readings: readonly GoodReading[]): Outcome {
  const known = new Map<string, Proposal>()
  const upgrades = new Map<string, Upgrade>()
  const told = new Set<string>()
  const notifications: Notification[] = []
  let queue: UpgradeQueue = { upgrades: [] }
  let changes = 0
  for (const [round, { proposals, votes, head, readAt }] of readings.entries()) {
    const happened: Exclude<Change, { readonly type: 'voteCast' }>[] = []
    const moves: UpgradeMove[] = []
    const blockTime = {
      samples: readings
        .slice(Math.max(0, round - 59), round + 1)
        .map(({ at: { number, timestamp } }) => ({ number, timestamp })),
    }
    const stamp = { chain, at: head.number, time: head.timestamp }
    for (const proposal of proposals) {
      const key = keyOf(proposal)
      const before = known.get(key)
      known.set(key, proposal)
      if (before === undefined) happened.push({ ...stamp, type: 'proposalAppeared', proposal, backfill: round === 0 })
      else {
        const { tally, status } = before
        if (tally?.yes !== proposal.tally?.yes)
          happened.push({ ...stamp, type: 'tallyMoved', proposal, ...(tally !== undefined && { from: tally }) })
        if (status !== proposal.status) happened.push({ ...stamp, type: 'statusMoved', proposal, from: status })
      }
      if (proposal.finding === undefined || upgrades.get(key)?.status === 'scheduled') continue
      const { plan } = proposal.finding
      if (checkPlan(plan).problems.length > 0) continue
      const pending = upgrades.get(key) ?? pendingOf(proposal, proposal.finding)
      upgrades.set(key, pending)
      if (proposal.status !== 'passed') continue
      const upgrade: Upgrade = { ...pending, status: 'scheduled', scheduledAt: head.timestamp, noticedAt: readAt }
      upgrades.set(key, upgrade)
      moves.push({ type: 'scheduled', upgrade, time: head.timestamp, silent: false })
    }
    changes += happened.length + votes.length
    for (const change of happened) {
      const upgrade = upgrades.get(keyOf(change.proposal))
      for (const { notification } of announceChange(change, { head, blockTime, upgrade })) push(notification)
    }
    for (const move of moves) for (const { notification } of announceUpgrade(move, head, blockTime)) push(notification)
    queue = queueOf(upgrades.values())
  }
  return { changes, notifications, queue }

  function push(notification: Notification): void {
    if (told.has(notification.id)) return
    told.add(notification.id)
    notifications.push({ ...notification, labels: {} })
  }
}

function pendingOf({ id }: Proposal, { plan, origin }: NonNullable<Proposal['finding']>): Upgrade {
  return {
    key: keyOf({ chain, contract, id }),
    chain,
    contract,
    proposalId: id,
    name: plan.name,
    ...(plan.height !== undefined && { height: plan.height }),
    origin,
    status: 'pending',
    reasons: [],
    revision: 1,
    reminded: [],
  }
}
