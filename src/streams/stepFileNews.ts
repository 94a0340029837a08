import type { ChainState } from '../domain/chainState.js'
import type { ProposalKey } from '../domain/proposal.js'
import type { FileHappening } from '../domain/tellFile.js'
import type { Upgrade, WriteOutcome } from '../domain/upgrade.js'

export interface FileStep {
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  readonly happenings: readonly FileHappening[]
}

/**
 * What an answer about the file means besides the upgrade it is about: a command that has run is owed no more, and a
 * file that is left over and stays is told. `time` is chain time, `hostTime` Unix milliseconds.
 */
export function stepFileNews(
  { chain, upgrades, file }: ChainState,
  outcome: WriteOutcome,
  { time, hostTime }: { readonly time: bigint; readonly hostTime: number },
): FileStep {
  if (outcome.result === 'found') {
    const { key, name, height, path, reason } = outcome
    return { upgrades, happenings: [{ of: 'leftover', chain, plan: { key, name, height }, path, reason, time }] }
  }
  if (outcome.result === 'stuck') {
    const { path, reason } = outcome
    return {
      upgrades,
      happenings: file?.key === outcome.key ? [{ of: 'leftover', chain, plan: file, path, reason, time }] : [],
    }
  }
  const upgrade = outcome.result === 'hooked' ? upgrades.get(outcome.key) : undefined
  if (outcome.result !== 'hooked' || upgrade === undefined) return { upgrades, happenings: [] }
  const next = new Map(upgrades).set(upgrade.key, { ...upgrade, hook: 'done' })
  return {
    upgrades: next,
    happenings: outcome.run === undefined ? [] : [{ of: 'hook', upgrade, run: outcome.run, time, hostTime }],
  }
}
