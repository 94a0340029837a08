import type { ProposalKey } from '../proposals/proposal.js'
import type { SwitchEvidence } from './switchEvidence.js'
import type { Upgrade } from './upgrade.js'

/** The node's former and present version, if it reports them, and what proves the switch. */
export interface VersionSwitch {
  readonly evidence: SwitchEvidence
  readonly oldVersion?: string
  readonly newVersion?: string
}

/** The file was written and its height has passed, but no process manager switched the binary. */
export interface Unconsumed {
  /** The version that the node still runs. */
  readonly version: string
  /** A clause that ends with a full stop. */
  readonly reason: string
  /** What to do now, in one or more sentences. */
  readonly todo: string
}

/** A change of an upgrade in one step. */
export interface UpgradeMove {
  readonly type:
    | 'scheduled'
    | 'refused'
    | 'rescheduled'
    | 'imminent'
    | 'halted'
    | 'triggered'
    | 'restarted'
    | 'unconsumed'
    /** The nodes that are not ready for it have changed; see its `unready`. */
    | 'unready'
    /** Silent. The operator changed the plan of an upgrade in progress, which has no effect, or changed it back. */
    | 'unheeded'
    | 'completed'
    | 'failed'
    | 'cancelled'
    /** Silent. The upgrade is being voted on, was over before the first reading, or was pending and lost its vote. */
    | 'pending'
    | 'past'
    | 'dropped'
  /** The upgrade after the move. For `dropped`, as it last was. */
  readonly upgrade: Upgrade
  /** Chain time, Unix seconds. */
  readonly time: bigint
  /**
   * True if the move is recorded and not announced, for example for an upgrade that was over when it was first seen.
   */
  readonly silent: boolean
  /**
   * For `rescheduled`, `cancelled`, `refused`, and `failed` by a reorg: the upgrade before the move, if there was one.
   */
  readonly before?: Upgrade
  /** For `scheduled`: the key of the upgrade of an own plan that continues under it. */
  readonly follows?: ProposalKey
  /** For `imminent`: the reminder that is due, as configured. */
  readonly reminder?: string
  /** For `restarted` and `completed`: the switch that was observed. */
  readonly seen?: VersionSwitch
  /** For `unconsumed`: what was observed, and what to do. */
  readonly unconsumed?: Unconsumed
  /** For `refused`: how many more upgrades were refused with it, silently. */
  readonly more?: number
  /** For `failed`: the nodes do not go past the last block before the height. The upgrade still waits. */
  readonly isStuck?: true
  /** For `completed`: a second announcement, because a check that could not be made after the height has now passed. */
  readonly isSeenNow?: true
  /** For `failed` while the upgrade waits: the nodes did not vouch for it, and no file would have been written. */
  readonly isFileless?: true
  /** For `failed`: the checks after the height failed. */
  readonly isUnwell?: true
  /** For `scheduled` and silent: the file was written ahead, or held this plan already. */
  readonly file?: 'written' | 'unchanged'
  /**
   * For `rescheduled` and silent: the former path of the file, before the configuration changed it. The file stays
   * there.
   */
  readonly leftAt?: string
}
