import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import { StoreError } from '../domain/errors.js'
import { withCommas } from '../domain/notifications/phrases.js'
import { dueText, isSameDue } from '../domain/plans/dueAt.js'
import { type OwnPlan, ownPlanKey, ownPlanNameIn } from '../domain/plans/ownPlan.js'
import type { ProposalKey } from '../domain/proposals/proposal.js'
import type { JsonObject } from '../domain/text/json.js'
import { decode, encode } from './codec.js'
import type { AddedPlan, PlanStore } from './PlanStore.js'
import { plan } from './proposalSchemas.js'
import { texts } from './rowValues.js'
import { remembered } from './remembered.js'
import type { Store } from './Store.js'
import type { Sql } from './sql.js'

const planRow = z.object({ chain: z.string(), json: z.string(), by: z.string(), at: z.number() })
const content: z.ZodMiniType<Pick<OwnPlan, 'plan' | 'labels'>> = z.object({ plan, labels: z.exactOptional(texts) })

// Maximum number of plans, because each is checked with every reading.
const most = 100

/** Stores the plans of the operator that need no vote. `now` is the host clock in Unix milliseconds. */
export function addedPlans(sql: Sql, trail: Pick<Store, 'record'>, now: () => number): PlanStore {
  const rows = remembered(sql, now, () => sql.all(planRow, 'SELECT chain, json, by, at FROM added_plans ORDER BY row'))
  const find = (chain?: string): readonly AddedPlan[] =>
    rows()
      .filter((row) => chain === undefined || row.chain === chain)
      .map((row) => planOf(sql, row))
  const note = (done: 'added' | 'removed', own: AddedPlan, { by, at }: AddedPlan['added']): void =>
    trail.record({ at, chain: own.chain, kind: 'plan', detail: { ...detailOf(own), done, by } })

  return {
    addedPlans: find,

    addPlan: (own) =>
      sql.transaction(() => {
        const { chain, labels, added } = own
        const { name } = own.plan
        const there = find(chain)
        const rival =
          there.find((other) => other.plan.name === name) ?? there.find((other) => isSameDue(other.plan, own.plan))
        if (rival !== undefined)
          throw new StoreError(
            `${chain} has a plan ${rival.plan.name === name ? `named ${name}` : `for ${withCommas(dueText(own.plan))}`} already: take it back first, with "govstream plan remove ${rival.plan.name} --chain ${chain}".`,
          )
        if (rows().length >= most)
          throw new StoreError(`There are ${most} plans already: take some back with "govstream plan remove NAME".`)
        sql.run(
          'INSERT INTO added_plans (chain, name, json, by, at) VALUES (?, ?, ?, ?, ?)',
          ...[chain, name, encode({ plan: own.plan, ...defined({ labels }) }), added.by, added.at],
        )
        note('added', own, added)
      }),

    removePlan: (chain, name, who) =>
      sql.transaction(() => {
        const own = find(chain).find((one) => one.plan.name === name)
        if (own === undefined) return undefined
        dropPlans(sql, chain, [ownPlanKey(chain, name)])
        note('removed', own, who)
        return own
      }),
  }
}

/** Deletes the plans whose upgrades have these keys. The caller holds the transaction. */
export function dropPlans(sql: Sql, chain: string, keys: readonly ProposalKey[]): void {
  for (const key of keys) {
    const name = ownPlanNameIn(key)
    if (name !== undefined) sql.run('DELETE FROM added_plans WHERE chain = ? AND name = ?', chain, name)
  }
}

function planOf(sql: Sql, { chain, json, by, at }: z.infer<typeof planRow>): AddedPlan {
  return { chain, ...decode(content, json, { sql, row: `a plan of ${chain}` }), added: { by, at } }
}

function detailOf({ chain, plan: { name, height, info }, labels }: AddedPlan): JsonObject {
  return { key: ownPlanKey(chain, name), name, ...defined({ height, info, labels }) }
}
