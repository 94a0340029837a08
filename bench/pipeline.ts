import { isDeepStrictEqual } from 'node:util'
import { from, lastValueFrom, scan } from 'rxjs'
import type { Change } from '../src/domain/proposals/change.js'
import { checkPlan } from '../src/domain/plans/checkPlan.js'
import type { Notification } from '../src/domain/notifications/notification.js'
import { keyOf, type Proposal } from '../src/domain/proposals/proposal.js'
import { queueOf } from '../src/domain/upgrades/queueOf.js'
import type { GoodReading } from '../src/domain/reading.js'
import { announceChange } from '../src/domain/notifications/announceChange.js'
import { announceUpgrade } from '../src/domain/notifications/announceUpgrade.js'
import type { Upgrade, UpgradeQueue } from '../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../src/domain/upgrades/upgradeMove.js'
import { newChain } from '../src/domain/newChain.js'
import { pipeStages, stagesOf } from '../src/streams/pipeStages.js'
import { watchChain } from '../src/streams/watchChain.js'
import { compareCpu, type Row } from './measure.js'
import { chain, contract, story } from './story.js'

interface Outcome {
  readonly changes: number
  readonly notifications: readonly Notification[]
  readonly queue: UpgradeQueue
}

/** The streams of one chain, against a loop by hand that tells the same things and keeps the same queue. */
export async function benchPipeline(): Promise<readonly Row[]> {
  const readings = story()
  const streamed = await runStreams(readings)
  const looped = runLoop(readings)
  if (!isDeepStrictEqual(streamed, looped))
    throw new Error(`The streams and the loop differ: ${difference(streamed, looped)}`)
  const [ours, baseline] = await compareCpu(
    25,
    () => runStreams(readings),
    () => runLoop(readings),
  )
  const perSecond = (ms = Number.NaN): number => (streamed.changes / ms) * 1000
  return [
    {
      name: 'pipeline: watchChain (CPU time)',
      unit: 'changes/s',
      ours: perSecond(ours?.median),
      baseline: perSecond(baseline?.median),
      ratio: (ours?.median ?? Number.NaN) / (baseline?.median ?? Number.NaN),
      goal: 2,
      details: {
        readings: readings.length,
        changes: streamed.changes,
        notifications: streamed.notifications.length,
        upgrades: streamed.queue.upgrades.length,
        samplesMs: ours?.samples ?? [],
        baselineSamplesMs: baseline?.samples ?? [],
      },
    },
  ]
}

function runStreams(readings: readonly GoodReading[]): Promise<Outcome> {
  const nothing: Outcome = { changes: 0, notifications: [], queue: { upgrades: [] } }
  return lastValueFrom(
    from(readings).pipe(
      watchChain(newChain(chain, 0), pipeStages(stagesOf())),
      scan(
        ({ changes, notifications }: { changes: number; notifications: Notification[]; queue: UpgradeQueue }, turn) => {
          for (const { notification } of turn.announcements) notifications.push(notification)
          return { changes: changes + turn.changes.length, notifications, queue: queueOf(turn.state.upgrades.values()) }
        },
        { changes: 0, notifications: [], queue: { upgrades: [] } },
      ),
    ),
    { defaultValue: nothing },
  )
}

/** What one would write for this single case: maps that are changed in place, and no state that can be rolled back. */
function runLoop(readings: readonly GoodReading[]): Outcome {
  const known = new Map<string, Proposal>()
  const upgrades = new Map<string, Upgrade>()
  const told = new Set<string>()
  const notifications: Notification[] = []
  let queue: UpgradeQueue = { upgrades: [] }
  let changes = 0
  for (const [round, { proposals, votes, head, readAt }] of readings.entries()) {
    const moves: UpgradeMove[] = []
    const blockTime = {
      samples: readings
        .slice(Math.max(0, round - 59), round + 1)
        .map(({ at: { number, timestamp } }) => ({ number, timestamp })),
    }
    const tell = (change: Change): void => {
      changes += 1
      for (const { notification } of announceChange(change, { head, blockTime })) push(notification)
    }
    const stamp = { chain, at: head.number, time: head.timestamp }
    for (const proposal of proposals) {
      const key = keyOf(proposal)
      const before = known.get(key)
      known.set(key, proposal)
      if (before === undefined) tell({ ...stamp, type: 'proposalAppeared', proposal, backfill: round === 0 })
      else {
        if (before.tally?.yes !== proposal.tally?.yes)
          tell({ ...stamp, type: 'tallyMoved', proposal, ...(before.tally !== undefined && { from: before.tally }) })
        if (before.status !== proposal.status) tell({ ...stamp, type: 'statusMoved', proposal, from: before.status })
      }
      if (proposal.status !== 'passed' || proposal.finding === undefined || upgrades.has(key)) continue
      const { plan, origin } = proposal.finding
      if (checkPlan(plan).problems.length > 0) continue
      const upgrade: Upgrade = {
        key,
        chain,
        contract,
        proposalId: proposal.id,
        name: plan.name,
        ...(plan.height !== undefined && { height: plan.height }),
        origin,
        status: 'scheduled',
        scheduledAt: head.timestamp,
        noticedAt: readAt,
        reasons: [],
        revision: 1,
        reminded: [],
      }
      upgrades.set(key, upgrade)
      moves.push({ type: 'scheduled', upgrade, time: head.timestamp, silent: false })
    }
    for (const vote of votes) tell({ ...stamp, type: 'voteCast', vote })
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

function difference(a: Outcome, b: Outcome): string {
  const index = a.notifications.findIndex(
    (notification, place) => !isDeepStrictEqual(notification, b.notifications[place]),
  )
  return JSON.stringify(
    {
      changes: [a.changes, b.changes],
      notifications: [a.notifications.length, b.notifications.length],
      first: [a.notifications[index], b.notifications[index]],
      queues: [a.queue.upgrades.length, b.queue.upgrades.length],
    },
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
}
