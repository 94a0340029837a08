import { isDeepStrictEqual } from 'node:util'
import { from, lastValueFrom, scan } from 'rxjs'
import type { Notification } from '../src/domain/notifications/notification.js'
import { queueOf } from '../src/domain/upgrades/queueOf.js'
import type { GoodReading } from '../src/domain/reading.js'
import type { UpgradeQueue } from '../src/domain/upgrades/upgrade.js'
import { newChain } from '../src/domain/newChain.js'
import { pipeStages, stagesOf } from '../src/streams/pipeStages.js'
import { watchChain } from '../src/streams/watchChain.js'
import { type Outcome, runLoop } from './loopByHand.js'
import { compareCpu, type Row } from './measure.js'
import { chain, story } from './story.js'

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

export function runStreams(readings: readonly GoodReading[]): Promise<Outcome> {
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
