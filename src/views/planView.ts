import type { OwnPlan } from '../domain/plans/ownPlan.js'
import { ownPlanKey } from '../domain/plans/ownPlan.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'

/** A plan of the operator's own, and the upgrade that it became, once a poll has taken it up. */
export interface ListedPlan extends OwnPlan {
  readonly upgrade?: Upgrade
}

/** One plan as `plan list --json` gives it. */
export function planView({ chain, plan: { name, height, info }, added, upgrade }: ListedPlan): JsonObject {
  return {
    key: ownPlanKey(chain, name),
    chain,
    name,
    height,
    info: info ?? null,
    by: added?.by ?? null,
    addedAt: added === undefined ? null : isoOfMs(added.at),
    status: upgrade?.status ?? null,
    reasons: upgrade?.reasons ?? [],
  }
}
