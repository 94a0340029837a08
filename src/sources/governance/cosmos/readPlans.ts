import type { PlanRef } from '../../../domain/plans/plan.js'
import { isOpen } from '../../../domain/proposals/proposal.js'
import type { Memory } from './context.js'
import { isInitial } from './list.js'
import { readOne } from './pages.js'
import { correctedPlans, mergePending, pendingOf } from './pendingPlans.js'
import type { Found } from './readGovernance.js'
import { newlyWithdrawn, type ReconciledPlans, reconcilePlans } from './reconcilePlans.js'
import type { Visit } from './visit.js'

// At the first sync, the chain is asked about a past plan only if its height is at most this many blocks behind.
const recentBlocks = 20_000n

export interface PlansRead extends ReconciledPlans {
  /** The plans to watch, before the chain was asked. */
  readonly watched: ReconciledPlans['pending']
}

/** Compares the passed plans with the chain. Also reads the proposals whose plan is newly withdrawn. */
export async function readPlans(
  { rest, status: { head }, cursor, request: { open }, context: { chain, now }, memory }: Visit,
  found: Found,
): Promise<PlansRead> {
  const { raws, isWhole } = found
  const passed = [...raws.values()]
    .flatMap(pendingOf)
    .filter(({ height }) => !isInitial(cursor) || BigInt(height) + recentBlocks > head.number)
  const watched = mergePending(correctedPlans(cursor?.pending ?? [], found.mine), passed)
  const wasServed = cursor?.upgrades === true
  const awaited = isWhole ? awaitedPlans(found, memory, now()) : []
  const plans = isWhole
    ? await reconcilePlans(rest, watched, [...raws.values()], { chain, head, wasServed, awaited, open })
    : { pending: watched, standings: [], isServed: wasServed, warnings: [] }
  for (const { id } of newlyWithdrawn(watched, plans.pending)) {
    // Only needed to display the proposal; the chain's word on its plan holds even if it cannot be read.
    const one = raws.has(id) ? undefined : await readOne(rest, id, memory)
    if (one?.type === 'read') raws.set(id, one.raw)
  }
  return { ...plans, watched }
}

// How long an unreadable proposal delays a decision, in milliseconds. It covers a few lost answers; a proposal that the
// chain can never return must not hide a plan for ever.
const patienceMs = 60_000

/** Returns the plans of proposals that were open and have been unreadable for a short time only. */
function awaitedPlans({ mine, raws, still }: Found, { unreadSince }: Memory, now: number): readonly PlanRef[] {
  const gone = new Set(still.gone.map(String))
  const unread = mine.filter((one) => isOpen(one) && !raws.has(BigInt(one.id)) && !gone.has(one.id))
  const before = new Map(unreadSince)
  unreadSince.clear()
  return unread.flatMap(({ id, finding }) => {
    const since = before.get(id) ?? now
    unreadSince.set(id, since)
    return finding !== undefined && Math.abs(now - since) < patienceMs ? [finding.plan] : []
  })
}
