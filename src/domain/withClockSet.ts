import type { ChainState } from './chainState.js'
import { defined } from './defined.js'
import { editMap } from './editedMap.js'
import { actingIn } from './upgrades/upgradeBoard.js'
import type { Upgrade } from './upgrades/upgrade.js'

/**
 * Returns the state adapted to a host clock that was set by `by` milliseconds. The marks from which waits are counted
 * move with the clock, so that no wait ends or restarts because of it. Times that only say when something happened stay
 * as they were reported. `caughtUpAt` stays too, because an absence is also measured by the chain's clock.
 */
export function withClockSet(state: ChainState, by: number): ChainState {
  if (by === 0) return state
  const { clock, lastGoodAt, health, upgrades } = state
  const { behind, trouble } = health
  const moved = movedBy(by)
  const all = editMap(upgrades)
  for (const upgrade of actingIn(upgrades).values()) all.set(upgrade.key, withMarksMoved(upgrade, moved))
  return {
    ...state,
    ...defined({ lastGoodAt: moved(lastGoodAt) }),
    ...(clock !== undefined && { clock: { ...clock, hostTime: clock.hostTime + by } }),
    health: {
      ...health,
      ...defined({
        lastGoodAt: moved(health.lastGoodAt),
        movedAt: moved(health.movedAt),
        failingSince: moved(health.failingSince),
      }),
      ...(behind !== undefined && { behind: { ...behind, since: behind.since + by } }),
      ...(trouble !== undefined && { trouble: { ...trouble, ...defined({ upSince: moved(trouble.upSince) }) } }),
    },
    upgrades: all.map(),
  }
}

/**
 * Time without polls that always counts as waiting, in milliseconds. A longer time counts only while the machine was
 * running.
 */
const mostUnwatched = 300_000

/**
 * Returns the state as a starting process takes it over, on a machine that has been up for `upFor` milliseconds. Waits
 * for a node are shortened by the time in which nobody polled and the machine was off, so that a wrong clock at boot
 * decides nothing. On a machine that was up all the time, polls that are far apart, such as an hourly `sync`, still
 * count as one wait.
 */
export function withUnwatchedTime(state: ChainState, now: number, upFor: number): ChainState {
  const { lastGoodAt, upgrades } = state
  const unwatched = now - (lastGoodAt ?? now) - Math.max(upFor, mostUnwatched)
  if (unwatched <= 0) return state
  const moved = movedBy(unwatched)
  const all = editMap(upgrades)
  for (const upgrade of actingIn(upgrades).values()) all.set(upgrade.key, withWaitMoved(upgrade, moved))
  return { ...state, upgrades: all.map() }
}

type Moved = (mark: number | undefined) => number | undefined

function movedBy(ms: number): Moved {
  return (mark) => (mark === undefined ? undefined : mark + ms)
}

function withMarksMoved(upgrade: Upgrade, moved: Moved): Upgrade {
  const { noticedAt, preflight, postCheck } = upgrade
  return {
    ...withWaitMoved(upgrade, moved),
    ...defined({ noticedAt: moved(noticedAt) }),
    ...(preflight !== undefined && {
      preflight: { ...preflight, ...defined({ checkedAt: moved(preflight.checkedAt) }) },
    }),
    ...(postCheck !== undefined && {
      postCheck: {
        ...postCheck,
        since: moved(postCheck.since) ?? postCheck.since,
        ...defined({ checkedAt: moved(postCheck.checkedAt) }),
      },
    }),
  }
}

/** Moves the marks since when a node is waited for. */
function withWaitMoved(upgrade: Upgrade, moved: Moved): Upgrade {
  const { waitsSince, evidence } = upgrade
  if (waitsSince === undefined && evidence === undefined) return upgrade
  return {
    ...upgrade,
    ...defined({ waitsSince: moved(waitsSince) }),
    ...(evidence !== undefined && {
      evidence: {
        ...evidence,
        since: moved(evidence.since) ?? evidence.since,
        movedAt: moved(evidence.movedAt) ?? evidence.movedAt,
      },
    }),
  }
}
