import type { PlanFinding } from '../plans/plan.js'
import type { Proposal } from '../proposals/proposal.js'
import type { Reminder } from './reminder.js'

/** How plans become upgrades. All durations are in milliseconds. */
export interface PlanOptions {
  /** The status of a proposal that makes its plan an upgrade. @defaultValue `passed` */
  readonly scheduleOn?: 'passed' | 'executed'
  /**
   * Minimum time between scheduling and writing, by the clock of the chain or of the host, whichever has advanced
   * further.
   * @defaultValue 600,000
   */
  readonly minUpgradeDelay?: number
  /** Maximum number of upgrades of a chain in progress at a time; the file of a further one waits. @defaultValue 1 */
  readonly maxConcurrentUpgrades?: number
  /**
   * Maximum number of upgrades of a chain that wait at a time, and of plans noted while they are voted on. Of the
   * waiting upgrades, those with the lowest heights stay. @defaultValue 100
   */
  readonly maxWaiting?: number
  /**
   * Set to false to accept plans whose `info` has malformed addresses or checksums; names and heights are always
   * checked.
   * @defaultValue true
   */
  readonly validationEnabled?: boolean
  /** Number of blocks before the height at which the file is written. @defaultValue 0 */
  readonly leadBlocks?: number
  /** When the file is written: at the height, as soon as the plan is scheduled, or never. @defaultValue `at-height` */
  readonly when?: 'at-height' | 'on-schedule' | 'never'
  /** What is done with the file once its upgrade is completed. @defaultValue `keep` */
  readonly afterCompletion?: 'keep' | 'archive'
  /** The process manager that reads the file; its rules for names apply too. @defaultValue none */
  readonly profile?: 'wemixvisor' | 'cosmovisor' | 'portable'
  /** Path of the file. If it changes, the file is written again. @defaultValue not known */
  readonly filePath?: string
  /** How long before the height a scheduled upgrade is announced again. @defaultValue none */
  readonly reminders?: readonly Reminder[]
  /** How long before the height the preflight checks of the upgrade run. @defaultValue never */
  readonly preflightAt?: readonly Reminder[]
  /** True if the outcome of an upgrade is checked after its height. @defaultValue false */
  readonly postCheck?: boolean
  /** Host time without proof of completion after which an upgrade has failed. @defaultValue 1,800,000 */
  readonly stallTimeout?: number
  /**
   * What proves completion: a node seen to restart or to change its version, or blocks past the height.
   * @defaultValue `version`
   */
  readonly completion?: 'version' | 'height'
  /**
   * Maximum time, by the host clock, that the monitor may have been away to still write a file for a height that passed
   * meanwhile. @defaultValue 3,600,000
   */
  readonly lateLimit?: number
  /** Returns the plan of a proposal. @defaultValue what the reader found */
  readonly findPlan?: (proposal: Proposal) => PlanFinding | undefined
}

/** {@link PlanOptions} with every default filled in. */
export type ResolvedPlanOptions = Required<Omit<PlanOptions, 'profile' | 'filePath'>> &
  Pick<PlanOptions, 'profile' | 'filePath'>

/** Fills in the defaults. */
export function resolvePlanOptions(options: PlanOptions): ResolvedPlanOptions {
  return {
    scheduleOn: 'passed',
    minUpgradeDelay: 600_000,
    maxConcurrentUpgrades: 1,
    maxWaiting: 100,
    validationEnabled: true,
    leadBlocks: 0,
    when: 'at-height',
    afterCompletion: 'keep',
    reminders: [],
    preflightAt: [],
    postCheck: false,
    stallTimeout: 1_800_000,
    completion: 'version',
    lateLimit: 3_600_000,
    findPlan: ({ finding }) => finding,
    ...options,
  }
}
