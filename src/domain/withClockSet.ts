import type { ChainState } from './chainState.js'
import { defined } from './defined.js'
import { editMap } from './editedMap.js'
import { actingIn } from './upgrades/upgradeBoard.js'
import type { Upgrade } from './upgrades/upgrade.js'

/**
 * The state where the clock of the host was set by so many milliseconds: what waits are counted from moves with it, so
 * that no wait is over, and none begins anew, because of that. What only says when something was stays as it was told,
 * and so does since when nobody was there: for that the chain has a clock, too.
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

/** Where nobody polled for longer than this, the rest of that time counts only where the machine ran. Milliseconds. */
const mostUnwatched = 300_000

/**
 * The state as a process takes it up, on a machine that has been up for so long (milliseconds): a clock that is wrong
 * as the machine starts makes no verdict. On one that was up all the time a node that stands still is seen to by polls
 * that are far apart, too, such as those of a `sync` each hour.
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

/** With what says since when a node is waited for. */
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
