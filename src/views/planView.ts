import { defined } from '../domain/defined.js'
import { type OwnPlan, ownPlanKey } from '../domain/plans/ownPlan.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'

/** One of the operator's own plans, and its upgrade once a poll has taken it up. */
export interface ListedPlan extends OwnPlan {
  readonly upgrade?: Upgrade
  /** Why the plan does not become an upgrade. */
  readonly setAside?: string
}

/** One plan in the format of `plan list --json`. */
export function planView({
  chain,
  plan: { name, height, info },
  labels = {},
  added,
  upgrade,
  setAside,
}: ListedPlan): JsonObject {
  return {
    key: ownPlanKey(chain, name),
    chain,
    name,
    height: height ?? null,
    info: info ?? null,
    labels: upgrade?.labels ?? labels,
    by: added?.by ?? null,
    addedAt: added === undefined ? null : isoOfMs(added.at),
    status: upgrade?.status ?? null,
    reasons: reasonsOf(defined({ upgrade, setAside })),
  }
}

/** Remarks about a plan, one sentence each. */
export function reasonsOf({ upgrade, setAside }: Pick<ListedPlan, 'upgrade' | 'setAside'>): readonly string[] {
  return setAside === undefined ? (upgrade?.reasons ?? []) : [setAside]
}
