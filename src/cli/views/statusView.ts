import type { ChainState } from '../../domain/chainState.js'
import type { JsonObject } from '../../domain/json.js'
import { isOpen } from '../../domain/proposal.js'
import { isLive, queueOf } from '../../domain/queueOf.js'
import { isoOfMs } from '../../domain/time.js'
import type { Upgrade } from '../../domain/upgrade.js'
import { textOrNull, timeOrNull } from './orNull.js'
import { distanceTo } from './upgradeView.js'

/** One chain of the configuration and what is known of it; `state` is absent before the first poll. */
export interface Watched {
  readonly chain: string
  /** Absent where there is no configuration to tell it. */
  readonly system?: string
  readonly state?: ChainState
}

/** The upgrade that comes next, or is under way. */
export function nextUpgrade(state: ChainState | undefined): Upgrade | undefined {
  return queueOf(state?.upgrades.values() ?? []).upgrades.find(isLive)
}

export function countOpen(state: ChainState | undefined): number {
  return [...(state?.proposals.values() ?? [])].filter(isOpen).length
}

/** One chain as `status --json` gives it. */
export function statusView({ chain, system, state }: Watched): JsonObject {
  const next = nextUpgrade(state)
  return {
    chain,
    system: system ?? null,
    height: textOrNull(state?.head?.number),
    lastGoodPoll: state?.lastGoodAt === undefined ? null : isoOfMs(state.lastGoodAt),
    health: state?.health.state ?? 'starting',
    errorRate: Number((state?.health.errorRate ?? 0).toFixed(3)),
    problem: state?.health.problem ?? null,
    openProposals: countOpen(state),
    backlog: textOrNull(state?.health.backlog),
    nextUpgrade: next === undefined ? null : nextView(next, state),
  }
}

function nextView(upgrade: Upgrade, state: ChainState | undefined): JsonObject {
  const { blocksLeft, eta } = distanceTo(upgrade, state)
  return { name: upgrade.name, height: upgrade.height, blocksLeft: textOrNull(blocksLeft), eta: timeOrNull(eta) }
}
