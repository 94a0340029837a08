import { filter, from, mergeMap, type Observable } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { lookOnce } from '../lookOnce.js'
import type { LookAfterHeight } from './lookAfterHeight.js'
import { planRef } from '../../domain/plans/plan.js'

// Maximum number of checks at a time. The upgrades of one chain rarely overlap.
const mostAtOnce = 2

/**
 * Runs the checks that are owed after upgrades, also those owed since before a crash, and emits the outcome of each. At
 * most one check runs for each upgrade. A check that is unsubscribed from stays owed.
 */
export function owedPostChecks(look: LookAfterHeight): (turn: Turn) => Observable<WriteOutcome> | undefined {
  const lookAlone = lookOnce(mostAtOnce)

  function run(upgrade: Upgrade, head: bigint): Observable<WriteOutcome> {
    const { key } = upgrade
    return lookAlone(key, async (signal): Promise<WriteOutcome> => {
      const found = await look(upgrade, head, signal)
      return { result: 'postChecked', key, plan: planRef(upgrade), found }
    })
  }

  return (turn) => {
    const { head, upgrades } = turn.state
    if (head === undefined || !owesPostCheck(turn)) return undefined
    return from([...upgrades.values()]).pipe(
      filter(isOwed),
      mergeMap((upgrade) => run(upgrade, head.number)),
    )
  }
}

/** True if a turn must start a check, or start it again. */
function owesPostCheck({ cause, state: { upgrades } }: Turn): boolean {
  return (cause === 'reading' || cause === 'failure') && [...upgrades.values()].some(isOwed)
}

/** True if the outcome of a check may be all that an upgrade was waiting for, so that the next reading concludes it. */
export function mayConcludeBy({ answer, state: { upgrades } }: Turn): boolean {
  if (answer?.result !== 'postChecked') return false
  const { status, postCheck: { verdict, checks = [] } = {} } = upgrades.get(answer.key) ?? {}
  const isOpen = status === 'in_progress' || status === 'failed'
  return isOpen && (verdict === 'passed' || verdict === 'unknown') && !checks.some(({ isEarly }) => isEarly === true)
}

function isOwed({ postCheck }: Upgrade): boolean {
  return postCheck?.owed === true
}
