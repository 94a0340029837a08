import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { type PlanStanding, withStanding } from '../../../domain/plans/plan.js'
import type { Proposal, ProposalStatus } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import type { CosmosContext, Memory } from './context.js'
import { type GovProposal, idsOn } from './decode.js'
import { maxLag } from '../cosmosSdk/contradictedHead.js'
import { pagesOf } from '../cosmosSdk/pagesOf.js'
import { readOne, readPage } from './pages.js'
import { fateOf, type PlanFate, readCurrentPlan, votedIn } from './plans.js'
import { upgradeContract } from '../../../domain/proposals/announced.js'
import { pendingOf } from './pendingPlans.js'
import { planOfId, unproposed } from './reconcilePlans.js'
import type { Rest } from '../cosmosSdk/rest.js'
import { readTallies } from './tallies.js'
import { govContract, toProposal } from './toProposal.js'

/** A server that is asked apart from the readings, and the head of its chain. */
export interface Look {
  readonly rest: Rest
  readonly head: Head
  readonly context: CosmosContext
  readonly memory: Memory
}

/** Reads one proposal as it is now, and compares its plan with the scheduled one. */
export async function readProposal(look: Look, contract: string, id: string): Promise<Proposal | undefined> {
  const { rest, head, memory } = look
  if (contract === upgradeContract) return readUnproposed(look, id)
  if (contract !== govContract || !/^[0-9]{1,19}$/.test(id)) return undefined
  const one = await readOne(rest, BigInt(id), memory)
  if (one.type === 'unreadable') throw new SourceError('transient', one.why, { withholds: true })
  if (one.type === 'missing') return undefined
  const { raw } = one
  const [proposal] = await withTallies(look, [raw])
  const [plan] = pendingOf(raw)
  const current = plan === undefined ? undefined : await readCurrentPlan(rest)
  if (proposal?.finding === undefined || plan === undefined || current === undefined) return proposal
  const fate = await fateOf(rest, { ...plan, voted: votedIn(proposal.finding) }, current, head.number)
  return { ...proposal, finding: withStanding(proposal.finding, standingOf(fate)) }
}

/**
 * Reads the plan that the chain has scheduled, whoever asked for it. It counts as read at the block of the answer: the
 * plan may have been cancelled between that block and the head.
 */
export async function readScheduled({ rest, head, context }: Look): Promise<Proposal | undefined> {
  const { finding, height } = (await readCurrentPlan(rest)) ?? {}
  const lagging = head.number > maxLag ? head.number - maxLag : 0n
  return finding === undefined ? undefined : unproposed(finding, height ?? lagging, context)
}

/**
 * Reads a plan that the chain has scheduled without a known proposal; `undefined` if it was cancelled. Of one that was
 * carried out, the chain knows only the name and the height.
 *
 * @throws SourceError if the server does not say what became of it.
 */
async function readUnproposed({ rest, head, context }: Look, id: string): Promise<Proposal | undefined> {
  const current = await readCurrentPlan(rest)
  if (current === undefined) return undefined
  const scheduled = current.finding === undefined ? undefined : unproposed(current.finding, head.number, context)
  if (scheduled?.id === id) return scheduled
  const plan = planOfId(id)
  const fate = plan === undefined ? undefined : await fateOf(rest, plan, current, head.number)
  if (plan === undefined || fate === undefined) return undefined
  if (fate.type === 'unsure')
    throw new SourceError('transient', `${rest.place} does not say what became of the upgrade ${id}.`)
  if (fate.type !== 'applied') return undefined
  return unproposed({ plan, origin: 'chain', problems: [], applied: fate.height }, head.number, context)
}

/** The standing of a plan after a single question. Unless the chain says that the plan stands, it is not confirmed. */
function standingOf(fate: PlanFate): PlanStanding {
  switch (fate.type) {
    case 'scheduled':
      return {}
    case 'applied':
      return { applied: fate.height }
    case 'unsure':
      return { unsure: 'The chain does not say whether it has this upgrade scheduled.' }
    // Nobody can confirm this plan, and no file is written for such a name.
    case 'gone':
    case 'absent':
    case 'withdrawn':
      return { withdrawn: fate.reason }
  }
}

/** Reads all proposals in one status. Statuses that x/gov deletes or does not have return none. */
export async function readProposals(look: Look, status: ProposalStatus): Promise<readonly Proposal[]> {
  const { rest, memory } = look
  if (status === 'queued' || status === 'executed' || status === 'expired' || status === 'canceled') return []
  const raws: GovProposal[] = []
  for await (const { proposals } of pagesOf(async (key) => {
    const page = await readPage(rest, { status, ...defined({ key }) }, memory)
    if (page === 'broken')
      throw new SourceError(
        'transient',
        `${rest.place} cannot list its proposals: one of them is spoilt. Ask for them by id.`,
      )
    return { ...page, ids: idsOn(page) }
  }, rest.place))
    raws.push(...proposals.filter((raw) => raw.status === status))
  return withTallies(look, raws)
}

async function withTallies(
  { rest, head, context, memory }: Look,
  raws: readonly GovProposal[],
): Promise<readonly Proposal[]> {
  const { tallies } = await readTallies(rest, raws, memory, context)
  return raws.map((raw) => toProposal(raw, { ...context, readAt: head.number, tally: tallies.get(raw.id) }))
}
