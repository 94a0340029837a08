import type { ChainConfig } from '../config/schema.js'
import { ownPlanKey } from '../domain/plans/ownPlan.js'
import type { Plan } from '../domain/plans/plan.js'
import { readPlan } from '../domain/plans/readPlan.js'
import { unheededEdit } from '../domain/upgrades/schedule/leaveUnheeded.js'
import { isOwn, type Upgrade } from '../domain/upgrades/upgrade.js'
import type { Store } from '../store/Store.js'
import { planFor } from './chain/findPlanOf.js'
import { ownPlansOf } from './chain/ownPlansOf.js'

/**
 * Reports, in sentences, which plan edits of the operator for a chain are ignored because an upgrade is in progress.
 */
export function unheededIn(chain: ChainConfig, store: Pick<Store, 'outline' | 'addedPlans'>): readonly string[] {
  const underWay = [...(store.outline(chain.name)?.upgrades.values() ?? [])].filter(
    ({ status, origin }) => status === 'in_progress' && origin === 'operator',
  )
  return underWay.flatMap((upgrade) => unheededEdit(upgrade, wantedFor(upgrade, chain, store)) ?? [])
}

/** The plan that the operator currently wants for the subject of this upgrade. */
function wantedFor(upgrade: Upgrade, chain: ChainConfig, store: Pick<Store, 'addedPlans'>): Plan | undefined {
  const wanted = isOwn(upgrade)
    ? ownPlansOf(chain, store)()?.find(({ plan }) => ownPlanKey(chain.name, plan.name) === upgrade.key)?.plan
    : planFor({ id: upgrade.proposalId, contract: upgrade.contract }, chain.plans)
  return wanted === undefined ? undefined : readPlan(wanted).plan
}
