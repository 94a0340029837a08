import type { ProposalKey } from '../proposals/proposal.js'
import type { SwitchEvidence } from './switchEvidence.js'
import type { Upgrade } from './upgrade.js'

/** The version that the node ran before and the one it runs now, where it reports them, and what proves the switch. */
export interface VersionSwitch {
  readonly evidence: SwitchEvidence
  readonly oldVersion?: string
  readonly newVersion?: string
}

/** The file was written, its height has passed, and nothing has switched the binary. */
export interface Unconsumed {
  /** What the node runs, as before. */
  readonly version: string
  /** A clause that ends in a full stop. */
  readonly reason: string
  /** What to do now, a sentence or more. */
  readonly todo: string
}

/** What happened to an upgrade in one step. */
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
    /** Other nodes are not ready for it than before: its `unready`. */
    | 'unready'
    /** Silent: the operator changed a plan whose upgrade is in progress, which is not taken up, or changed it back. */
    | 'unheeded'
    | 'completed'
    | 'failed'
    | 'cancelled'
    /** Silent: its vote runs, it was over before the first reading, or it was pending and has lost its vote. */
    | 'pending'
    | 'past'
    | 'dropped'
  /** As it is now; as it last was where it is `dropped`. */
  readonly upgrade: Upgrade
  /** Chain time, Unix seconds. */
  readonly time: bigint
  /** True where it is recorded and not announced, such as what was over when it was first seen. */
  readonly silent: boolean
  /** `rescheduled`, `cancelled`, `refused`, and `failed` by a reorg: the upgrade as it was, where there was one. */
  readonly before?: Upgrade
  /** `scheduled`: the upgrade of an own plan that goes on under it. */
  readonly follows?: ProposalKey
  /** `imminent`: the reminder that is due, as configured. */
  readonly reminder?: string
  /** `restarted` and `completed`: the switch that was observed. */
  readonly seen?: VersionSwitch
  /** `unconsumed`: what was seen, and what to do. */
  readonly unconsumed?: Unconsumed
  /** `refused`: how many more were refused with it, silently. */
  readonly more?: number
  /** `failed`: the nodes do not go on past the last block before the height. It still waits. */
  readonly isStuck?: true
  /** `completed`: once more, for what could not be seen after its height then is well. */
  readonly isSeenNow?: true
  /** `failed` while it waits: the nodes did not vouch for it, and no file would have been written. */
  readonly isFileless?: true
  /** `failed`: by what was seen after its height. */
  readonly isUnwell?: true
  /** `scheduled` and silent: the file was written ahead, or held this plan already. */
  readonly file?: 'written' | 'unchanged'
  /** `rescheduled` and silent: where its file was before the configuration had another place for it. It stays there. */
  readonly leftAt?: string
}
