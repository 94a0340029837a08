import type { z } from 'zod'
import type { System } from './systems.js'
import type { upgradeInfoSchema } from './upgradeInfoSchema.js'

type Written = z.output<typeof upgradeInfoSchema>
export type UpgradeInfoConfig = Pick<Written, 'home'> & Required<Pick<Written, 'profile' | 'when'>>

/**
 * The defaults that depend on the system. A Cosmos node writes the file itself at the height, and its supervisor
 * cannot read an info that is an object.
 */
export function settleUpgradeInfo(system: System, { profile, when, ...written }: Written): UpgradeInfoConfig {
  const isCosmos = system === 'cosmos'
  return {
    ...written,
    profile: profile ?? (isCosmos ? 'cosmovisor' : 'wemixvisor'),
    when: when ?? (isCosmos ? 'never' : 'at-height'),
  }
}
