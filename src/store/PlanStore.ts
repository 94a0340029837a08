import type { OwnPlan } from '../domain/plans/ownPlan.js'

/** An operator's own plan that is stored in the state. */
export type AddedPlan = OwnPlan & Required<Pick<OwnPlan, 'added'>>

/** The operator's own plans in the state, in addition to those of the configuration. */
export interface PlanStore {
  /** Returns the plans of one chain or of all, oldest first. A plan is deleted when its upgrade is forgotten. */
  addedPlans(chain?: string): readonly AddedPlan[]
  /**
   * Stores a plan. The process that watches the chain takes it up with its next reading.
   *
   * @throws StoreError if the chain already has a plan of that name, or if the maximum number is reached.
   */
  addPlan(plan: AddedPlan): void
  /** Deletes a plan and returns it; undefined if there is none. `at` is Unix milliseconds. */
  removePlan(chain: string, name: string, who: { readonly by: string; readonly at: number }): AddedPlan | undefined
}
