import { pipe } from 'rxjs'
import type { PlanOptions } from '../domain/upgrades/scheduling.js'
import type { Bounds } from '../domain/proposals/pruneProposals.js'
import type { AnnounceOptions } from '../domain/notifications/stepAnnounce.js'
import type { DiffOptions } from '../domain/proposals/stepDiff.js'
import type { HealthOptions } from '../domain/stepHealth.js'
import { announce } from './announce.js'
import { assessHealth } from './assessHealth.js'
import { diffProposals } from './diffProposals.js'
import { followHead } from './followHead.js'
import { forgetOld } from './forgetOld.js'
import { ignoreOlder } from './ignoreOlder.js'
import { planUpgrades } from './planUpgrades.js'
import type { Stage } from './stage.js'

/** What the stages of one chain go by. */
export interface LineOptions {
  readonly diff?: Omit<DiffOptions, 'bounds'>
  readonly health?: HealthOptions
  readonly plan?: PlanOptions
  readonly announce?: AnnounceOptions
  /** How long and how many completed proposals are remembered. */
  readonly bounds?: Bounds
}

/** The stages by name, in the order in which they stand. */
export interface Stages {
  readonly ignoreOlder: Stage
  readonly followHead: Stage
  readonly diffProposals: Stage
  readonly assessHealth: Stage
  readonly planUpgrades: Stage
  readonly announce: Stage
  readonly forgetOld: Stage
}

/** The stages of one chain, for whoever puts operators of their own between them. */
export function stagesOf({ diff, health, plan, announce: telling, bounds = {} }: LineOptions = {}): Stages {
  return {
    ignoreOlder: ignoreOlder(),
    followHead: followHead(),
    diffProposals: diffProposals({ ...diff, bounds }),
    assessHealth: assessHealth(health),
    planUpgrades: planUpgrades(plan),
    announce: announce(telling),
    forgetOld: forgetOld(bounds),
  }
}

/** The line that every turn walks through. The order matters: each stage reads what those before it have added. */
export function line(own: Stages): Stage {
  return pipe(
    own.ignoreOlder,
    own.followHead,
    own.diffProposals,
    own.assessHealth,
    own.planUpgrades,
    own.announce,
    own.forgetOld,
  )
}
