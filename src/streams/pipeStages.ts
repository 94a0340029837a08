import { pipe } from 'rxjs'
import type { RetentionOptions } from '../domain/proposals/pruneProposals.js'
import type { RemindOptions } from '../domain/notifications/stepRemind.js'
import type { AnnounceOptions } from '../domain/notifications/announcement.js'
import type { DiffOptions } from '../domain/proposals/stepDiff.js'
import type { HealthOptions } from '../domain/stepHealth.js'
import { announce } from './announce.js'
import { assessHealth } from './assessHealth.js'
import { diffProposals } from './diffProposals.js'
import { followHead } from './followHead.js'
import { forgetOld } from './forgetOld.js'
import { ignoreOlder } from './ignoreOlder.js'
import { type PlanStageOptions, planUpgrades } from './planUpgrades.js'
import { remindOfVotes } from './remindOfVotes.js'
import type { Stage } from './stage.js'

/** The options of the stages of one chain. */
export interface StageOptions {
  readonly diff?: Omit<DiffOptions, 'retention'>
  readonly health?: HealthOptions
  readonly plan?: PlanStageOptions
  readonly remind?: RemindOptions
  readonly announce?: AnnounceOptions
  /** How long proposals are kept, and how many. */
  readonly retention?: RetentionOptions
}

/** The stages by name, in the order in which they run. */
export interface Stages {
  readonly ignoreOlder: Stage
  readonly followHead: Stage
  readonly diffProposals: Stage
  readonly assessHealth: Stage
  readonly planUpgrades: Stage
  readonly remindOfVotes: Stage
  readonly announce: Stage
  readonly forgetOld: Stage
}

/** Creates the stages of one chain, so that custom operators can be placed between them. */
export function stagesOf({
  diff,
  health,
  plan,
  remind,
  announce: announcing,
  retention = {},
}: StageOptions = {}): Stages {
  return {
    ignoreOlder: ignoreOlder(),
    followHead: followHead(),
    diffProposals: diffProposals({ ...diff, retention }),
    assessHealth: assessHealth(health),
    planUpgrades: planUpgrades(plan),
    remindOfVotes: remindOfVotes(remind),
    announce: announce(announcing),
    forgetOld: forgetOld(retention),
  }
}

/**
 * Joins the stages in their order into the line that processes each turn. The order matters: each stage reads what the
 * stages before it have added.
 */
export function pipeStages(own: Stages): Stage {
  return pipe(
    own.ignoreOlder,
    own.followHead,
    own.diffProposals,
    own.assessHealth,
    own.planUpgrades,
    own.remindOfVotes,
    own.announce,
    own.forgetOld,
  )
}
