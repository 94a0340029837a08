import { z } from 'zod'
import { governanceSchema } from './governanceSchema.js'
import { planSchema } from './planSchema.js'
import { rpcSchema } from './rpcSchema.js'
import { chainName, list, quoted } from '../schema/scalars.js'
import { schedulerSchema } from './schedulerSchema.js'
import { section } from '../schema/section.js'
import { defaultUpgradeInfo } from './defaultUpgradeInfo.js'
import { upgradeInfoSchema } from './upgradeInfoSchema.js'
import { watchSchema } from './watchSchema.js'

/** One chain to watch. */
export const chainSchema = section({
  name: z
    .string({ error: quoted(chainName) })
    .regex(/^[a-z0-9-]+$/, { error: chainName })
    .describe('Unique name of the chain.'),
  rpc: rpcSchema.prefault({}).describe('How to reach the chain.'),
  governance: governanceSchema.describe('What to read there.'),
  monitor: watchSchema.prefault({}).describe('How it is watched.'),
  scheduler: schedulerSchema.prefault({}).describe('What becomes of a proposal that passed.'),
  upgradeInfo: upgradeInfoSchema.prefault({}).describe('Where and how upgrade-info.json is written.'),
  plans: list(planSchema, 'plans').readonly().prefault([]).describe('Plans of your own, each bound to a proposal.'),
}).transform(({ upgradeInfo, ...chain }) => ({
  ...chain,
  upgradeInfo: defaultUpgradeInfo(chain.governance.system, upgradeInfo),
}))
