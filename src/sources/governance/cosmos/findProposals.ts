import type { Head } from '../../../domain/head.js'
import type { Proposal, ProposalStatus } from '../../../domain/proposal.js'
import type { Rest } from './askRest.js'
import type { CosmosContext, Memory } from './CosmosContext.js'
import type { GovProposal } from './decodeProposal.js'
import { fateOf, readCurrentPlan } from './readPlans.js'
import { readOne, readPage } from './readProposals.js'
import { readTallies } from './readTallies.js'
import { SourceError } from '../../../domain/errors.js'
import { pendingOf, unproposed, upgradeContract } from './settlePlans.js'
import { govContract, toProposal, withReason } from './toProposal.js'

/** One proposal as it is now, its plan compared with the one the chain has scheduled. */
export async function findProposal(rest: Rest, contract: string, id: string, head: Head, context: CosmosContext, memory: Memory): Promise<Proposal | undefined> {
  if (contract === upgradeContract) {
    const finding = (await readCurrentPlan(rest))?.finding
    const proposal = finding === undefined ? undefined : unproposed(finding, head.number, context)
    return proposal?.id === id ? proposal : undefined
  }
  if (contract !== govContract || !/^[0-9]{1,19}$/.test(id)) return undefined
  const raw = await readOne(rest, BigInt(id), memory)
  if (typeof raw === 'string') throw new SourceError('transient', raw)
  if (raw === undefined) return undefined
  const [proposal] = await told(rest, [raw], head, context, memory)
  const [plan] = pendingOf(raw)
  const current = plan === undefined || BigInt(plan.height) <= head.number ? undefined : await readCurrentPlan(rest)
  if (proposal === undefined || plan === undefined || current === undefined) return proposal
  const fate = await fateOf(rest, plan, current)
  return withReason(proposal, typeof fate === 'string' ? undefined : fate.withdrawn)
}

/** All proposals in one status. What the chain deletes, or never has, gives none. */
export async function findProposals(rest: Rest, status: ProposalStatus, head: Head, context: CosmosContext, memory: Memory): Promise<readonly Proposal[]> {
  if (status === 'queued' || status === 'executed' || status === 'expired' || status === 'canceled') return []
  const raws: GovProposal[] = []
  let key: string | undefined
  do {
    const page = await readPage(rest, { status, ...(key !== undefined && { key }) }, memory)
    if (page === 'broken') throw new SourceError('transient', `${rest.place} cannot list its proposals: one of them is spoilt. Ask for them by id.`)
    raws.push(...page.proposals.filter((raw) => raw.status === status))
    key = page.next
  } while (key !== undefined)
  return told(rest, raws, head, context, memory)
}

async function told(rest: Rest, raws: readonly GovProposal[], head: Head, context: CosmosContext, memory: Memory): Promise<readonly Proposal[]> {
  const tallies = await readTallies(rest, raws, memory, context.now())
  return raws.map((raw) => toProposal(raw, { ...context, readAt: head.number, tally: tallies.get(raw.id) }))
}
