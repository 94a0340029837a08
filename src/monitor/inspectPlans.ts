import { existsSync } from 'node:fs'
import type { ChainConfig, Config } from '../config/schema.js'
import { StoreError } from '../domain/errors.js'
import { ownPlanKey } from '../domain/plans/ownPlan.js'
import type { Plan } from '../domain/plans/plan.js'
import { readPlan } from '../domain/plans/readPlan.js'
import { unheededEdit } from '../domain/upgrades/schedule/leaveUnheeded.js'
import { isOwn, type Upgrade } from '../domain/upgrades/upgrade.js'
import { openStore } from '../store/openStore.js'
import type { Store } from '../store/Store.js'
import { ownPlansOf } from './chain/ownPlansOf.js'

/**
 * What of the operator's plans is not taken up because an upgrade is in progress, by chain, in sentences. Nothing where
 * the state cannot be read: what is wrong with it is said of the state.
 */
export function inspectPlans({ state, chains }: Pick<Config, 'state' | 'chains'>): ReadonlyMap<string, string[]> {
  if (state === ':memory:' || !existsSync(state)) return new Map()
  try {
    const store = openStore({ path: state, readOnly: true })
    try {
      return new Map(chains.map((chain) => [chain.name, unheededIn(chain, store)]))
    } finally {
      store.close()
    }
  } catch (cause) {
    if (cause instanceof StoreError) return new Map()
    throw cause
  }
}

function unheededIn(chain: ChainConfig, store: Pick<Store, 'outline' | 'addedPlans'>): string[] {
  const underWay = [...(store.outline(chain.name)?.upgrades.values() ?? [])].filter(
    ({ status, origin }) => status === 'in_progress' && origin === 'operator',
  )
  return underWay.flatMap((upgrade) => unheededEdit(upgrade, wantedFor(upgrade, chain, store)) ?? [])
}

/** The plan that the operator has by now for what this upgrade is about. */
function wantedFor(upgrade: Upgrade, chain: ChainConfig, store: Pick<Store, 'addedPlans'>): Plan | undefined {
  const wanted = isOwn(upgrade)
    ? ownPlansOf(chain, store)()?.find(({ plan }) => ownPlanKey(chain.name, plan.name) === upgrade.key)?.plan
    : chain.plans.find(({ proposal }) => proposal === upgrade.proposalId)
  return wanted === undefined ? undefined : readPlan(wanted).plan
}
