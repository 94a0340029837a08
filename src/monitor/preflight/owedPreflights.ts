import { resolve } from 'node:path'
import fs from 'fs-extra'
import { filter, from, mergeMap, type Observable } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import type { Turn } from '../../domain/chainState.js'
import { layouts } from '../../domain/readiness/upgradeDirectory.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { lookOnce } from '../lookOnce.js'
import type { RunPreflight } from './preflightUpgrade.js'
import { hasHeight } from '../../domain/plans/dueAt.js'
import { planRef } from '../../domain/plans/plan.js'

/** Runs the preflights that a turn owes and emits the outcome of each. */
export type LookAhead = (turn: Turn) => Observable<WriteOutcome> | undefined

// Maximum number of preflights at a time, because they share a disk and a network line.
const mostAtOnce = 2

/**
 * Runs the owed preflights, one at a time for each upgrade, also those owed since before a crash. If the home has no
 * directory of a process manager, only upgrades without a height are checked. A preflight that is skipped or
 * unsubscribed from stays owed.
 */
export function owedPreflights({ upgradeInfo: { home } }: ChainConfig, look: RunPreflight): LookAhead {
  const lookAlone = lookOnce(mostAtOnce)

  function run(upgrade: Upgrade, { state: { blockTime } }: Turn): Observable<WriteOutcome> {
    const { key } = upgrade
    return lookAlone(key, async (signal): Promise<WriteOutcome | undefined> => {
      if (hasHeight(upgrade) && !(await mayHaveProcessManager(home))) return undefined
      const { verdict, checks, checkedAt } = await look(upgrade, blockTime, signal)
      return { result: 'preflighted', key, plan: planRef(upgrade), found: { verdict, checks, checkedAt } }
    }).pipe(filter((answer) => answer !== undefined))
  }

  return (turn) => {
    if (!owesPreflight(turn)) return undefined
    return from([...turn.state.upgrades.values()]).pipe(
      filter(isOwed),
      mergeMap((upgrade) => run(upgrade, turn)),
    )
  }
}

/** True if a turn must start a preflight, or start it again. */
function owesPreflight({ cause, state: { upgrades } }: Turn): boolean {
  return (cause === 'reading' || cause === 'failure') && [...upgrades.values()].some(isOwed)
}

function isOwed({ status, preflight }: Upgrade): boolean {
  return status === 'scheduled' && preflight?.owed !== undefined
}

/** A home that cannot be read may have a process manager; the preflight then reports the problem. */
async function mayHaveProcessManager(home: string | undefined): Promise<boolean> {
  if (home === undefined) return false
  const names = await fs.readdir(resolve(home)).catch(() => undefined)
  return names === undefined || layouts.some((layout) => names.includes(layout))
}
