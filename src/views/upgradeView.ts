import type { ChainState } from '../domain/chainState.js'
import { dueProblems } from '../domain/plans/checkPlan.js'
import { type Distance, distanceOf, dueJson, hasHeight, isReached } from '../domain/plans/dueAt.js'
import type { JsonObject } from '../domain/text/json.js'
import { proposalOf, type Upgrade } from '../domain/upgrades/upgrade.js'
import { defined } from '../domain/defined.js'
import { textOrNull, timeOrNull } from './orNull.js'
import { unreadyView } from './unreadyView.js'

/** What the distance to an upgrade is calculated from. */
export type Pace = Pick<ChainState, 'head' | 'blockTime'>

/** The distance to an upgrade; `isReached` is set if it is due but still waits. */
export interface Left extends Distance {
  readonly isReached?: true
}

/** The distance to a scheduled or pending upgrade; empty for one that will not happen. */
export function distanceTo(upgrade: Upgrade, pace: Pace | undefined): Left {
  const { status } = upgrade
  if ((status !== 'scheduled' && status !== 'pending') || pace?.head === undefined || dueProblems(upgrade).length > 0)
    return {}
  if (isReached(upgrade, pace.head)) return { isReached: true, ...(hasHeight(upgrade) && { blocksLeft: 0n }) }
  return distanceOf(upgrade, pace.head, pace.blockTime) ?? {}
}

/** One upgrade in the format of `upgrades --json`. */
export function upgradeView(upgrade: Upgrade, pace: Pace | undefined): JsonObject {
  const { key, chain, name, status, origin, info, reasons, labels = {} } = upgrade
  const { blocksLeft, eta } = distanceTo(upgrade, pace)
  return {
    key,
    chain,
    name,
    ...dueJson(upgrade),
    status,
    ...defined({ awaits: upgrade.awaits }),
    origin,
    kind: upgrade.kind ?? 'governance',
    proposalId: proposalOf(upgrade) ?? null,
    labels,
    info: info ?? null,
    scheduledAt: timeOrNull(upgrade.scheduledAt),
    triggeredAt: timeOrNull(upgrade.triggeredAt),
    completedAt: timeOrNull(status === 'completed' ? upgrade.completedAt : undefined),
    reasons,
    ...defined({ unready: unreadyView(upgrade.unready) }),
    blocksLeft: textOrNull(blocksLeft),
    eta: timeOrNull(eta),
  }
}
