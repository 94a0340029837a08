import type { OwnPlan } from '../domain/plans/ownPlan.js'

/** A plan of the operator's own that the state keeps. */
export type AddedPlan = OwnPlan & Required<Pick<OwnPlan, 'added'>>

/** The operator's own plans, beside those of the configuration. */
export interface PlanStore {
  /** Those of one chain or of all, oldest first. One whose upgrade is forgotten is gone with it. */
  addedPlans(chain?: string): readonly AddedPlan[]
  /**
   * Keeps a plan, which the process that watches the chain takes up with its next reading.
   *
   * @throws StoreError where the chain has one of that name already, or as many as are kept.
   */
  addPlan(plan: AddedPlan): void
  /** Takes a plan back, and gives it as it was; undefined where there is none. `at` is Unix milliseconds. */
  removePlan(chain: string, name: string, who: { readonly by: string; readonly at: number }): AddedPlan | undefined
}
