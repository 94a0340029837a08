import type { CheckPlanOptions } from '../../domain/plans/checkPlan.js'

/**
 * The process manager that reads the file. `wemixvisor` needs `info` as an object and rejects a string; `cosmovisor`
 * needs a string and stops at an object; `portable` omits it so that both can read the file.
 */
export type UpgradeInfoProfile = NonNullable<CheckPlanOptions['profile']>

/** Where the file is, and for which process manager. */
export interface UpgradeInfoOptions {
  /** The node's home directory; the file is `<home>/data/upgrade-info.json`. */
  readonly home: string
  readonly profile: UpgradeInfoProfile
  /** Host clock, Unix milliseconds. @defaultValue `Date.now` */
  readonly now?: () => number
}
