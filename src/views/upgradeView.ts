import { etaOf } from '../domain/blocks/blockTime.js'
import type { ChainState } from '../domain/chainState.js'
import type { JsonObject } from '../domain/text/json.js'
import { proposalOf, type Upgrade } from '../domain/upgrades/upgrade.js'
import { defined } from '../domain/defined.js'
import { textOrNull, timeOrNull } from './orNull.js'

/** What tells how far an upgrade is off. */
export type Pace = Pick<ChainState, 'head' | 'blockTime'>

export interface Distance {
  readonly blocksLeft?: bigint
  /** Unix seconds. */
  readonly eta?: bigint
}

/** How far an upgrade is off that is scheduled or in the vote; nothing for one that will not come. */
export function distanceTo({ status, height }: Upgrade, pace: Pace | undefined): Distance {
  if ((status !== 'scheduled' && status !== 'pending') || pace?.head === undefined || !Number.isSafeInteger(height))
    return {}
  const blocksLeft = BigInt(height) - pace.head.number
  if (blocksLeft <= 0n) return { blocksLeft: 0n }
  const eta = etaOf(BigInt(height), pace.head, pace.blockTime)
  return { blocksLeft, ...defined({ eta }) }
}

/** One upgrade as `upgrades --json` gives it. */
export function upgradeView(upgrade: Upgrade, pace: Pace | undefined): JsonObject {
  const { key, chain, name, height, status, origin, info, reasons, labels = {} } = upgrade
  const { blocksLeft, eta } = distanceTo(upgrade, pace)
  return {
    key,
    chain,
    name,
    height,
    // Plans of heights only are known so far.
    time: null,
    status,
    origin,
    kind: upgrade.kind ?? 'governance',
    proposalId: proposalOf(upgrade) ?? null,
    labels,
    info: info ?? null,
    scheduledAt: timeOrNull(upgrade.scheduledAt),
    triggeredAt: timeOrNull(upgrade.triggeredAt),
    completedAt: timeOrNull(status === 'completed' ? upgrade.completedAt : undefined),
    reasons,
    blocksLeft: textOrNull(blocksLeft),
    eta: timeOrNull(eta),
  }
}
