import type { Turn } from '../domain/chainState.js'
import { keyOf } from '../domain/proposals/proposal.js'
import { changeDetail, moveDetail, announcementDetail } from './auditDetails.js'
import type { EmbeddedStore, Route, Store } from './Store.js'
import type { Sql } from './sql.js'
import { addNotification } from './sql/addNotification.js'
import { chainNames, type Committed, loadChain } from './sql/loadChain.js'
import { recallFrom, resumeChain } from './sql/resumeChain.js'
import { writeChain } from './sql/writeChain.js'
import { writeTrail } from './sql/writeTrail.js'

/** The states of the chains, and all that a turn adds to them. */
export function chainStates(
  sql: Sql,
  trail: Pick<Store, 'record'>,
  requireKept: () => void,
): Pick<EmbeddedStore, 'load' | 'resume' | 'recall' | 'commit' | 'chains'> {
  // One entry a chain: bounded by the configuration.
  const committed = new Map<string, Committed>()

  const write = (turn: Turn, route: Route): Committed => {
    requireKept()
    recordTurn(sql, trail, turn, route)
    const written = writeChain(sql, turn, committed.get(turn.state.chain))
    writeTrail(sql, turn)
    return written
  }

  const reading = (read: typeof loadChain) => (chain: string) => {
    const found = sql.snapshot(() => read(sql, chain))
    if (found === undefined) committed.delete(chain)
    else committed.set(chain, found)
    return found?.state
  }

  return {
    load: reading(loadChain),
    resume: reading(resumeChain),
    recall: (chain, wanted) => sql.snapshot(() => recallFrom(sql, chain, wanted)),
    commit: (turn, route) => {
      const next = sql.transaction(() => write(turn, route))
      // Only once it is on the disk. From here on memory may do without what is settled.
      committed.set(turn.state.chain, next)
      return undefined
    },
    chains: () => chainNames(sql),
  }
}

/** Puts what a turn says into the audit trail, and its notifications into the inbox and the outbox. */
function recordTurn(sql: Sql, trail: Pick<Store, 'record'>, turn: Turn, route: Route): void {
  const { chain } = turn.state
  const at = turn.time
  for (const change of turn.changes) {
    const tally = change.type === 'voteCast' ? turn.state.proposals.get(keyOf(change.vote))?.tally : undefined
    trail.record({ at, chain, kind: 'change', detail: changeDetail(change, tally) })
  }
  for (const move of turn.moves) trail.record({ at, chain, kind: 'upgrade', detail: moveDetail(move) })
  for (const announcement of turn.announcements) {
    if (!addNotification(sql, announcement.notification, route, at)) continue
    trail.record({ at, chain, kind: 'notification', detail: announcementDetail(announcement) })
  }
}
