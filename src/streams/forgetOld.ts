import type { ChainState } from '../domain/chainState.js'
import { editMap, memoizeLeast } from '../domain/editedMap.js'
import { keysBeyondLimit, isUnjudged } from '../domain/proposals/archive.js'
import { keyOf, type ProposalKey } from '../domain/proposals/proposal.js'
import { type RetentionOptions, isAged, pruneProposals } from '../domain/proposals/pruneProposals.js'
import { isLive } from '../domain/upgrades/queueOf.js'
import { isBlocked, type Upgrade } from '../domain/upgrades/upgrade.js'
import type { Draft } from './draft.js'
import { type Stage, stage } from './stage.js'

/**
 * Drops proposals and upgrades that are too old or too many. A proposal is kept while its upgrade is under way, and
 * while the end of that upgrade is recent.
 */
export function forgetOld(retention: RetentionOptions = {}): Stage {
  return stage('forgetOld', (draft) => (draft.event.type === 'reading' ? forget(draft, retention) : draft))
}

function forget(draft: Draft, retention: RetentionOptions): Draft {
  const { state } = draft
  const time = state.clock?.time ?? state.head?.timestamp ?? 0n
  // A retracted proposal that returns in another block is announced as a new proposal.
  const retracted = draft.changes
    .flatMap((change) => (change.type === 'proposalRetracted' ? [keyOf(change.proposal)] : []))
    .filter((key) => !state.proposals.has(key) && !state.upgrades.has(key))
  const isOver = (upgrade: Upgrade): boolean => !isLive(upgrade) && isAged(upgrade.completedAt ?? 0n, time, retention)
  // An upgrade that led to nothing does not keep its proposal, because anyone can propose one.
  const isIdle = (upgrade: Upgrade): boolean =>
    (upgrade.status === 'refused' && !isBlocked(upgrade)) || upgrade.status === 'past' || upgrade.status === 'pending'
  // The configuration limits the number of these.
  const isBound = ({ status, origin }: Upgrade): boolean => status === 'pending' && origin === 'operator'
  const old = pruneProposals(state.proposals, time, retention).filter((key) => {
    const upgrade = state.upgrades.get(key)
    const proposal = state.proposals.get(key)
    // The height of a plan may still be ahead, even if its vote ended long ago.
    if (upgrade === undefined && proposal !== undefined && isUnjudged(proposal, state)) return false
    return upgrade === undefined || (!isBound(upgrade) && (isIdle(upgrade) || isOver(upgrade)))
  })
  const finished = isAged(firstEnd(state.upgrades), time, retention)
    ? [...state.upgrades.values()]
        .filter(({ key }) => !state.proposals.has(key) && retention.keepUpgrades?.has(key) !== true)
        .filter(isOver)
        .map(({ key }) => key)
    : []
  const forgotten = [...new Set([...old, ...keysBeyondLimit(state), ...finished, ...retracted])]
  if (forgotten.length === 0) return draft
  const kept: ChainState = {
    ...state,
    proposals: without(state.proposals, forgotten),
    upgrades: without(state.upgrades, forgotten),
    announcedIds: without(state.announcedIds, forgotten),
  }
  return { ...draft, state: kept, forgotten }
}

/** Unix seconds at which the first of the upgrades ended. */
const firstEnd = memoizeLeast((upgrade: Upgrade) => (isLive(upgrade) ? undefined : (upgrade.completedAt ?? 0n)))

function without<T>(all: ReadonlyMap<ProposalKey, T>, keys: readonly ProposalKey[]): ReadonlyMap<ProposalKey, T> {
  const kept = editMap(all)
  for (const key of keys) kept.delete(key)
  return kept.map()
}
