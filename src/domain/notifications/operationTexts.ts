import { durationText } from '../text/time.js'
import type { Preflight } from '../readiness/check.js'
import type { HookData, PreflightData, RebuiltData } from './notificationData.js'

/** What it means that a chain cannot be read. */
export function unseenLine(chain: string): string {
  return `Upgrades and votes of ${chain} are not seen until this is over.`
}

/** How the command of `upgradeInfo.afterWrite` went, a clause that ends in a full stop, and what it printed. */
export function hookLines({ summary, output, ms }: Pick<HookData, 'summary' | 'output' | 'ms'>): readonly string[] {
  const took = ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : durationText(ms / 1000)
  return [
    `the command of upgradeInfo.afterWrite ${summary}, after ${took}.`,
    ...(output === '' ? [] : [`It printed: ${output}`]),
  ]
}

/** What to do where it failed. */
export const hookAdvice = 'The file is in place, but what the command was to do is not done: do it by hand now.'

/** What was wrong with the state, a clause that ends in a full stop, and what follows from it. */
export function rebuiltLines({ problem }: Pick<RebuiltData, 'problem'>): readonly string[] {
  return [
    `the state file was damaged: ${problem}.`,
    'The chain is read anew: what is open is announced once more, and what waited to be sent is lost.',
  ]
}

/** What to do then. */
export const rebuiltAdvice = 'Look at the disk: a file does not break by itself.'

/** What a look before a height found that is not well, and what to do about each; or that all is. */
export function preflightLines(checks: PreflightData['checks'] | Preflight['checks']): readonly string[] {
  const bad = checks.filter(({ verdict }) => verdict !== 'ready')
  if (bad.length === 0) return ['all that the upgrade needs is there.']
  return bad.map(({ reason, todo }) => `${reason}${typeof todo === 'string' ? ` ${todo}` : ''}`)
}
