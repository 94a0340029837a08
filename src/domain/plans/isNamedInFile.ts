import { goLowerCase } from '../readiness/upgradeDirectory.js'
import type { CheckPlanOptions } from './checkPlan.js'

/**
 * Returns true if `written`, the name in an upgrade-info.json, is that of the plan `name` for the reader of the file.
 * cosmovisor ignores the case, and its own `add-upgrade` writes lower case.
 */
export function isNamedInFile(written: string, name: string, profile: CheckPlanOptions['profile']): boolean {
  return written === name || (profile === 'cosmovisor' && written === goLowerCase(name))
}
