import { firstValueFrom } from 'rxjs'
import { type Head, isSameBlock } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import { SourceError } from '../../domain/errors.js'
import { isActive, keyOf, type Proposal, type ProposalStatus } from '../../domain/proposals/proposal.js'
import { withPlanStanding } from '../../domain/proposals/withPlanStanding.js'
import { isLive } from '../../domain/upgrades/queueOf.js'
import { isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader, UnvouchedReading } from '../governance/GovernanceReader.js'
import { mapLimited } from '../http/mapLimited.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import { askForBlock } from './confirmHeight.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { nothingHeard } from './quorum.js'

/** A reading no longer supports an upgrade that is voted on, scheduled or in progress. */
interface Withdrawal {
  readonly upgrade: Upgrade
  /** The proposal as known before the reading, or what is left of it if an earlier portion of a reorg removed it. */
  readonly proposal: Pick<Proposal, 'chain' | 'contract' | 'id' | 'origin' | 'readAt'>
  readonly claim: Claim
}

/**
 * What a reading says: the status of the proposal, that a reorg removed it, or that another proposal cancelled its
 * plan.
 */
type Claim = ProposalStatus | 'gone' | 'plan-withdrawn'

/**
 * Wraps a reader so that an upgrade that is voted on or scheduled is withdrawn only if `agreement` nodes report it so:
 * that a reorg removed its proposal, that the proposal did not pass or no longer counts as passed, or that another
 * proposal cancelled its plan. Otherwise the reading counts as failed at its endpoint and the next endpoint is read,
 * because a single node may follow another branch or lie. A proposal that is reported as over is not read again, so its
 * upgrade would be missed. Of many votes that end in one reading, the first twenty are confirmed. A node that is behind
 * the block at which the proposal was last read confirms nothing, because it does not know the proposal yet, or knows
 * it as it was before.
 */
export function confirmWithdrawals(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { witnesses, agreement, known, scheduler } = options

  async function isConfirmed(
    { proposal, claim }: Withdrawal,
    { at, backlog = 0n }: UnvouchedReading,
  ): Promise<boolean> {
    // A later portion may contain the proposal again, so only the branch is confirmed. The last portion decides.
    if (claim === 'gone' && backlog > 0n) return isOnBranchOf(at, options)
    const { origin: _origin, ...moved } = proposal
    const reached = proposal.readAt < at.number ? proposal.readAt : at.number
    const agreeing = (heard: readonly Testimony[]): number =>
      heard.filter((one) => supports(one, claim, reader.system)).length
    const heard = await askWitnesses(
      witnesses.map((witness) => oncePast(reached, witness)),
      // On another branch it may be in another block.
      claim === 'gone' ? moved : proposal,
      { isEnough: (answers) => agreeing(answers) >= agreement, ...defined({ scheduler }) },
    )
    return agreeing(heard) >= agreement
  }

  async function vouch(told: UnvouchedReading): Promise<void> {
    await mapLimited(worthAsking(withdrawalsIn(told, known())), atOnce, async (withdrawal) => {
      if (!(await isConfirmed(withdrawal, told))) throw unconfirmed(withdrawal, told, agreement)
    })
  }

  return {
    ...reader,
    read: (request) =>
      reader.read({
        ...request,
        async vouch(told) {
          await vouch(told)
          await request.vouch?.(told)
        },
      }),
  }
}

// Number of withdrawals that are confirmed at the same time. Each asks every node.
const atOnce = 4
// Maximum number of votes whose end is confirmed in one reading. Anybody may propose, and many votes may end in one
// block: to ask about all of them would overload the nodes, with every poll anew.
const mostVotes = 20

/** Returns all withdrawals of scheduled upgrades, and as many ends of votes as the nodes can be asked about. */
function worthAsking(withdrawals: readonly Withdrawal[]): readonly Withdrawal[] {
  const isOfVote = ({ upgrade }: Withdrawal): boolean => upgrade.status === 'pending'
  const votes = withdrawals.filter(isOfVote)
  return [...withdrawals.filter((one) => !isOfVote(one)), ...votes.slice(0, mostVotes)]
}

/** True if `agreement` nodes have this block. */
async function isOnBranchOf(at: Head, { witnesses, agreement }: CrossCheckOptions): Promise<boolean> {
  const verdict$ = askForBlock(at.number, {
    readers: witnesses,
    agreement,
    problemOf: (block) => (isSameBlock(block, at) ? undefined : 'It is on another branch.'),
  })
  const { isAgreed } = await firstValueFrom(verdict$, { defaultValue: nothingHeard })
  return isAgreed
}

/** Returns the witness; it fails while its node does not have the block at this height. */
function oncePast(height: bigint, witness: GovernanceReader): GovernanceReader {
  return {
    ...witness,
    async readProposal(contract, id, signal, near) {
      if ((await witness.readBlock(height, signal)) === undefined)
        throw new SourceError(
          'transient',
          `${witness.host ?? 'A node'} of ${witness.chain} does not have block ${height} yet.`,
        )
      // The node and the server that reports the proposal may be separate, so the server must have that block, too.
      return witness.readProposal(contract, id, signal, witness.system === 'cosmos' ? height : near)
    },
  }
}

function supports({ hasFailed, proposal }: Testimony, claim: Claim, system: string): boolean {
  if (hasFailed === true) return false
  // A Cosmos chain deletes a proposal that is withdrawn or misses its deposit.
  if (proposal === undefined) return claim === 'gone' || system === 'cosmos'
  if (claim === 'gone') return false
  if (claim === 'plan-withdrawn') return proposal.finding?.withdrawn !== undefined
  return proposal.status === claim
}

function withdrawalsIn(told: UnvouchedReading, known: ReturnType<CrossCheckOptions['known']>): readonly Withdrawal[] {
  const { at, proposals = [], retracted = [], standings = [], backlog } = told
  const live = [...known.upgrades.values()].filter(({ status }) => status in progressOf)
  if (live.length === 0) return []
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  return live.flatMap((upgrade): readonly Withdrawal[] => {
    const { key } = upgrade
    const before = known.proposals.get(key)
    if (before === undefined)
      return isLive(upgrade) && !isOwn(upgrade) && backlog === 0n && !read.has(key)
        ? [{ upgrade, proposal: lostOf(upgrade, at), claim: 'gone' }]
        : []
    const after = standings.filter((one) => one.key === key).reduce(withPlanStanding, read.get(key) ?? before)
    const claim = retracted.includes(key) && !read.has(key) ? 'gone' : claimOf(before, after)
    return claim === undefined ? [] : [{ upgrade, proposal: before, claim }]
  })
}

/** What is left of a proposal that an earlier portion of a reorg removed. */
function lostOf({ chain, contract, proposalId }: Upgrade, at: Head): Withdrawal['proposal'] {
  return { chain, contract, id: proposalId, readAt: at.number }
}

function claimOf(before: Proposal, after: Proposal): Claim | undefined {
  if (after.status !== before.status && !supporting.has(after.status) && !isOnTheWay(before, after)) return after.status
  const isNew = after.finding?.withdrawn !== undefined && before.finding?.withdrawn === undefined
  return isNew ? 'plan-withdrawn' : undefined
}

/** True if a vote just goes on. */
function isOnTheWay(before: Proposal, after: Proposal): boolean {
  return isActive(before) && isActive(after)
}

/** The statuses under which an upgrade can be scheduled. */
const supporting: ReadonlySet<ProposalStatus> = new Set(['passed', 'queued', 'executed'])

/** The statuses of an upgrade that can be withdrawn, in words. */
const progressOf: { readonly [status in Upgrade['status']]?: string } = {
  pending: 'voted on',
  scheduled: 'scheduled',
  in_progress: 'in progress',
}

function unconfirmed(
  { upgrade, proposal: { chain, id }, claim }: Withdrawal,
  { host = 'A node' }: UnvouchedReading,
  agreement: number,
): SourceError {
  const progress = progressOf[upgrade.status]
  return new SourceError(
    'transient',
    `${host} of ${chain} says that proposal ${id}, whose upgrade ${upgrade.name} is ${progress}, ${claimText(claim)}, and fewer than ${agreement} nodes say so: nothing of it is believed until they do. Compare the newest blocks of the nodes in rpc.urls.`,
  )
}

function claimText(claim: Claim): string {
  if (claim === 'gone') return 'has been removed by a reorg'
  return claim === 'plan-withdrawn' ? 'has been cancelled by another proposal' : `is ${claim}`
}
