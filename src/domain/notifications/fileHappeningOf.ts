import type { ChainState } from '../chainState.js'
import type { FileHappening } from './announceFile.js'
import type { WriteOutcome } from '../upgrades/upgrade.js'

/**
 * What an answer about the file tells besides the upgrade it is about: a file that is left over and stays, or a command
 * that has run. `time` is chain time, `hostTime` Unix milliseconds.
 */
export function fileHappeningOf(
  { chain, upgrades, file }: ChainState,
  outcome: WriteOutcome,
  { time, hostTime }: { readonly time: bigint; readonly hostTime: number },
): FileHappening | undefined {
  if (outcome.result === 'found') {
    const { key, name, height, path, reason } = outcome
    return { of: 'leftover', chain, plan: { key, name, height }, path, reason, time }
  }
  if (outcome.result === 'stuck' && file?.key === outcome.key) {
    const { path, reason } = outcome
    return { of: 'leftover', chain, plan: file, path, reason, time }
  }
  if (outcome.result !== 'hooked' || outcome.run === undefined) return undefined
  const upgrade = upgrades.get(outcome.key)
  return upgrade === undefined ? undefined : { of: 'hook', upgrade, run: outcome.run, time, hostTime }
}
