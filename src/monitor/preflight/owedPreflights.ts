import { resolve } from 'node:path'
import fs from 'fs-extra'
import { EMPTY, filter, from, mergeMap, type Observable } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import type { Turn } from '../../domain/chainState.js'
import { layouts } from '../../domain/readiness/upgradeDirectory.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { lookOnce } from '../lookOnce.js'
import type { RunPreflight } from './preflightUpgrade.js'
import { hasHeight } from '../../domain/plans/dueAt.js'
import { planRef } from '../../domain/plans/plan.js'

/** Carries out the looks that a turn owes, and answers for each. */
export type LookAhead = (turn: Turn) => Observable<WriteOutcome>

// They share a disk and a line.
const mostAtOnce = 2

/**
 * Looks at each upgrade that owes a look, one at a time for each, also where that is owed from before a crash. Where
 * the home is seen to have no directory of a process manager nothing is looked at, but for what is due at a time: it
 * stays owed, as where it is unsubscribed from.
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
    if (!owesPreflight(turn)) return EMPTY
    return from([...turn.state.upgrades.values()]).pipe(
      filter(isOwed),
      mergeMap((upgrade) => run(upgrade, turn)),
    )
  }
}

/** True where a turn has a look to begin, or to begin again. */
export function owesPreflight({ cause, state: { upgrades } }: Turn): boolean {
  return (cause === 'reading' || cause === 'failure') && [...upgrades.values()].some(isOwed)
}

function isOwed({ status, preflight }: Upgrade): boolean {
  return status === 'scheduled' && preflight?.owed !== undefined
}

/** A home that cannot be looked into may have one: to say so is what a look is for. */
async function mayHaveProcessManager(home: string | undefined): Promise<boolean> {
  if (home === undefined) return false
  const names = await fs.readdir(resolve(home)).catch(() => undefined)
  return names === undefined || layouts.some((layout) => names.includes(layout))
}
