import type { ChainConfig, Config } from '../../config/schema.js'
import { defined } from '../../domain/defined.js'
import { upgradeInfoPath } from '../../sinks/upgradeInfo/upgradeInfoPath.js'
import type { PlanStageOptions } from '../../streams/planUpgrades.js'
import { pipeStages, type StageOptions, stagesOf } from '../../streams/pipeStages.js'
import type { Stage } from '../../streams/stage.js'
import type { MonitorDeps } from '../Monitor.js'
import { isPostChecked } from '../postCheck/isPostChecked.js'
import type { Chain } from './assembleChain.js'
import { type ExtractPlan, findPlanOf } from './findPlanOf.js'
import { labelsOf } from './labelsOf.js'
import { configuredKeys, type OwnPlansNow } from './ownPlansOf.js'
import { votersOf } from '../../config/votersOf.js'

export interface LineDeps extends Pick<PlanStageOptions, 'ownPlans'> {
  readonly extractPlan?: ExtractPlan | undefined
}

/** Creates the line of stages for a chain, according to the configuration and the host. */
export function lineOf(
  config: Config,
  { stages = pipeStages, extractPlan }: Pick<MonitorDeps, 'stages' | 'extractPlan'>,
): (chain: Pick<Chain, 'config'>, ownPlans: OwnPlansNow) => Stage {
  return ({ config: chain }, ownPlans) => stages(stagesOf(lineOptionsOf(chain, config, { extractPlan, ownPlans })))
}

/** Translates the configuration into the options of the stages of one chain. */
export function lineOptionsOf(
  chain: ChainConfig,
  config: Config,
  { extractPlan, ownPlans }: LineDeps = {},
): StageOptions {
  const { governance, monitor, scheduler, upgradeInfo, preflight } = chain
  return {
    diff: { proposalTimeout: monitor.proposalTimeout, labelsOf: labelsOf(chain) },
    health: { stallAfter: monitor.stallAfter, downAfter: Math.max(monitor.downAfter, monitor.pollInterval) },
    retention: { maxAge: config.proposals.maxAge, keepUpgrades: configuredKeys(chain) },
    remind: { reminders: config.notifier.reminders, voters: votersOf(chain, config.notifier) },
    announce: { priorities: config.notifier.priorities, labels: chain.labels },
    plan: {
      ...scheduler,
      when: upgradeInfo.when,
      afterCompletion: upgradeInfo.afterCompletion,
      profile: upgradeInfo.profile,
      findPlan: findPlanOf(chain, extractPlan),
      postCheck: isPostChecked(chain),
      // For forks the nodes themselves report whether they are ready.
      preflightAt: upgradeInfo.home === undefined && governance.system !== 'fork-config' ? [] : preflight.at,
      ...defined({ ownPlans, filePath: upgradeInfo.home && upgradeInfoPath(upgradeInfo.home) }),
    },
  }
}
