import type { CheckPlanOptions } from '../../domain/plans/checkPlan.js'

/**
 * Whose file is written: `wemixvisor` reads `info` as an object and rejects a string, `cosmovisor` reads it as a
 * string and stops at an object, `portable` leaves it out so that both can read the file.
 */
export type UpgradeInfoProfile = NonNullable<CheckPlanOptions['profile']>

/** Where the file lies, for whom. */
export interface UpgradeInfoOptions {
  /** The node's home; the file is `<home>/data/upgrade-info.json`. */
  readonly home: string
  readonly profile: UpgradeInfoProfile
  /** Host clock, Unix milliseconds. @defaultValue `Date.now` */
  readonly now?: () => number
}
