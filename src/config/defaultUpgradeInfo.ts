import type { z } from 'zod'
import type { System } from './systems.js'
import type { upgradeInfoSchema } from './upgradeInfoSchema.js'

type Written = z.output<typeof upgradeInfoSchema>
export type UpgradeInfoConfig = Pick<Written, 'home' | 'afterWrite'> &
  Required<Pick<Written, 'profile' | 'when' | 'afterCompletion'>>

/**
 * The defaults that depend on the system. A Cosmos node writes the file itself at the height, and its supervisor
 * cannot read an info that is an object. wemixvisor would apply a file that lies there again at the next crash.
 */
export function defaultUpgradeInfo(
  system: System,
  { profile: chosen, when, afterCompletion, ...written }: Written,
): UpgradeInfoConfig {
  const isCosmos = system === 'cosmos'
  const profile = chosen ?? (isCosmos ? 'cosmovisor' : 'wemixvisor')
  return {
    ...written,
    profile,
    afterCompletion: afterCompletion ?? (profile === 'wemixvisor' ? 'archive' : 'keep'),
    when: when ?? (isCosmos ? 'never' : 'at-height'),
  }
}
