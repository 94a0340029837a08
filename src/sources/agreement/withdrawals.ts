import type { Head } from '../../domain/blocks/head.js'
import {
  hasPassed,
  isActive,
  isOpen,
  keyOf,
  type Proposal,
  type ProposalKey,
  type ProposalStatus,
} from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import { isPassed } from '../../domain/plans/dueAt.js'
import { withPlanStanding } from '../../domain/proposals/withPlanStanding.js'
import { isSure } from '../../domain/upgrades/isStillDue.js'
import { isLive } from '../../domain/upgrades/queueOf.js'
import { isHeldUnderWay, isOwn, type Upgrade } from '../../domain/upgrades/upgrade.js'
import type { UnvouchedReading } from '../governance/GovernanceReader.js'
import type { ReaderTraits } from '../governance/ReaderTraits.js'
import type { CrossCheckOptions } from './crossCheck.js'

/**
 * A reading removes a proposal, or does not support an upgrade that can still be carried out, or says that the chain
 * has carried it out.
 */
export type Withdrawal = WithdrawalOf<Proposal, true> | WithdrawalOf<RemovedProposal, false>

interface WithdrawalOf<Known, IsKnown extends boolean> {
  /** The upgrade that could still be carried out, if there is one. */
  readonly upgrade?: Pick<Upgrade, 'name' | 'status'>
  /** The proposal as known before the reading, or what is left of it if an earlier portion of a reorg removed it. */
  readonly proposal: Known
  readonly isKnown: IsKnown
  readonly claim: Claim
}

type RemovedProposal = Pick<Proposal, 'chain' | 'contract' | 'id' | 'origin' | 'readAt'>

/**
 * What a reading says: the status of the proposal, that a reorg removed it, that another proposal cancelled its plan,
 * that the chain has carried it out, or that the node cannot tell what became of it.
 */
export type Claim = ProposalStatus | 'gone' | 'plan-withdrawn' | 'applied' | 'in-doubt'

/** Returns what a reading says against the proposals and upgrades that are known. */
export function withdrawalsIn(
  told: UnvouchedReading,
  known: ReturnType<CrossCheckOptions['known']>,
  traits: ReaderTraits,
): readonly Withdrawal[] {
  const repeated = traits.repeatsEnds === 'always' ? [...fromTheStart(told, known), ...appliedIn(told, known)] : []
  const found = [...fromUpgrades(told, known), ...repeated]
  const others = new Set(found.map(({ proposal }) => keyOf(proposal)))
  return [...found, ...removals(told, known, others), ...doubts(told, known, others, traits)]
}

/**
 * Returns the other passed plans that are ahead and about which the node itself is in doubt: its answer is not
 * understood, or another proposal may have cancelled the plan. A node can invent that, too, and nothing would be done.
 */
function doubts(
  { at, proposals = [], standings = [] }: UnvouchedReading,
  { proposals: known }: ReturnType<CrossCheckOptions['known']>,
  found: ReadonlySet<ProposalKey>,
  traits: ReaderTraits,
): readonly Withdrawal[] {
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  const keys = new Set([...read.keys(), ...(traits.doubts === 'own' ? standings.map(({ key }) => key) : [])])
  return [...keys].flatMap((key): readonly Withdrawal[] => {
    const told = found.has(key) ? undefined : (read.get(key) ?? known.get(key))
    if (told === undefined || !hasPassed(told)) return []
    const after = standings.filter((one) => one.key === key).reduce(withPlanStanding, told)
    const isUnsure = traits.doubts === 'own' && after.finding?.unsure !== undefined
    if (after.finding === undefined || isPassed(after.finding.plan, at)) return []
    if (!isUnsure && after.notUnderstood === undefined) return []
    const { notUnderstood: _answer, ...proposal } = withoutDoubt(after)
    const upgrade = { name: after.finding.plan.name, status: 'scheduled' } as const
    return [{ upgrade, proposal, isKnown: true, claim: 'in-doubt' }]
  })
}

/**
 * Returns the plans that a reading reports as carried out for the first time, whatever is known of their upgrades: a
 * plan that one node ends too early would never be written, and one that is cancelled would be told as completed.
 */
function appliedIn(
  { proposals = [], standings = [] }: UnvouchedReading,
  { proposals: known, upgrades }: ReturnType<CrossCheckOptions['known']>,
): readonly Withdrawal[] {
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  const keys = new Set([...read.keys(), ...standings.map(({ key }) => key)])
  return [...keys].flatMap((key): readonly Withdrawal[] => {
    const before = known.get(key)
    const told = read.get(key) ?? before
    if (told === undefined || before?.finding?.applied !== undefined) return []
    const { finding } = standings.filter((one) => one.key === key).reduce(withPlanStanding, told)
    const upgrade = upgrades.get(key)
    if (finding?.applied === undefined || upgrade?.status === 'completed' || upgrade?.status === 'past') return []
    const { applied: _claimed, ...standing } = finding
    return [
      {
        upgrade: upgrade ?? { name: finding.plan.name, status: 'scheduled' },
        proposal: before ?? { ...told, finding: standing },
        isKnown: true,
        claim: 'applied',
      },
    ]
  })
}

/**
 * Returns the removals of the other known proposals. People were told of them, and are told again if a proposal that
 * one node left out comes back.
 */
function removals(
  { proposals = [], retracted = [] }: UnvouchedReading,
  { proposals: known }: ReturnType<CrossCheckOptions['known']>,
  found: ReadonlySet<ProposalKey>,
): readonly Withdrawal[] {
  const read = new Set(retracted.length === 0 ? [] : proposals.map(keyOf))
  return [...new Set(retracted)].flatMap((key): readonly Withdrawal[] => {
    const proposal = read.has(key) || found.has(key) ? undefined : known.get(key)
    return proposal === undefined ? [] : [{ proposal, isKnown: true, claim: 'gone' }]
  })
}

/**
 * Returns the plans that are ahead and that a reading reports as withdrawn when they first appear as passed. No upgrade
 * is known of them yet, but without a question one node could keep them from ever being scheduled.
 */
function fromTheStart(
  { at, proposals = [] }: UnvouchedReading,
  { proposals: known, upgrades }: ReturnType<CrossCheckOptions['known']>,
): readonly Withdrawal[] {
  return proposals.flatMap((proposal): readonly Withdrawal[] => {
    const key = keyOf(proposal)
    const { finding } = proposal
    if (finding?.withdrawn === undefined || !hasPassed(proposal) || isPassed(finding.plan, at)) return []
    if (upgrades.has(key) || known.get(key)?.finding?.withdrawn !== undefined) return []
    const { withdrawn: _claimed, ...standing } = finding
    const upgrade = { name: finding.plan.name, status: 'scheduled' } as const
    return [{ upgrade, proposal: { ...proposal, finding: standing }, isKnown: true, claim: 'plan-withdrawn' }]
  })
}

function fromUpgrades(told: UnvouchedReading, known: ReturnType<CrossCheckOptions['known']>): readonly Withdrawal[] {
  const { at, proposals = [], retracted = [], standings = [], backlog } = told
  const wanted = [...known.upgrades.values()].filter((upgrade) => isWanted(upgrade, known.proposals.get(upgrade.key)))
  if (wanted.length === 0) return []
  const read = new Map(proposals.map((proposal) => [keyOf(proposal), proposal]))
  return wanted.flatMap((upgrade): readonly Withdrawal[] => {
    const { key } = upgrade
    const before = known.proposals.get(key)
    if (before === undefined)
      return isLive(upgrade) && !isOwn(upgrade) && backlog === 0n && !read.has(key)
        ? [{ upgrade, proposal: removedIn(upgrade, at), isKnown: false, claim: 'gone' }]
        : []
    const after = standings.filter((one) => one.key === key).reduce(withPlanStanding, read.get(key) ?? before)
    const claim = retracted.includes(key) && !read.has(key) ? 'gone' : claimOf(before, after)
    return claim === undefined ? [] : [{ upgrade, proposal: before, isKnown: true, claim }]
  })
}

/**
 * True if the upgrade is voted on, scheduled or in progress, or returns when its open proposal passes or a conflict
 * ends, which may be after its proposal was executed. So does one that was cancelled because a node reported its
 * executed proposal without its plan, once enough nodes report the plan. A proposal that is reported as over would not
 * be read again, so its upgrade could not return. A failed upgrade whose plan the chain holds may still be carried out,
 * or cancelled because its nodes skipped it.
 */
function isWanted(upgrade: Upgrade, proposal: Proposal | undefined): boolean {
  const { status, rivals = [], crowded } = upgrade
  if (status === 'pending' || isLive(upgrade) || isHeldUnderWay(upgrade)) return true
  if (proposal === undefined || (status !== 'cancelled' && status !== 'refused')) return false
  const hasLostPlan = status === 'cancelled' && proposal.finding === undefined
  const isBlocked = status === 'refused' && (rivals.length > 0 || crowded === true)
  return isOpen(proposal) || (hasPassed(proposal) && (hasLostPlan || isBlocked))
}

function removedIn({ chain, contract, proposalId }: Upgrade, at: Head): RemovedProposal {
  return { chain, contract, id: proposalId, readAt: at.number }
}

/** Returns what the later state of a proposal says against its upgrade, or `undefined` if it still supports it. */
function claimOf(before: Proposal, after: Proposal): Claim | undefined {
  if (after.status !== before.status && !supporting.has(after.status) && !isOnTheWay(before, after)) return after.status
  const isNew = after.finding?.withdrawn !== undefined && before.finding?.withdrawn === undefined
  return isNew ? 'plan-withdrawn' : undefined
}

/** True if a later state of a proposal supports its upgrade as before, without a doubt. */
export function standsIn(after: Proposal | undefined, doubted: Proposal): boolean {
  const before = withoutDoubt(doubted)
  return (
    after !== undefined &&
    isSure(after) &&
    proposalContent(after) === proposalContent(before) &&
    claimOf(before, after) === undefined
  )
}

/** Returns the proposal without a doubt about its plan. */
export function withoutDoubt(proposal: Proposal): Proposal {
  if (proposal.finding?.unsure === undefined) return proposal
  const { unsure: _before, ...finding } = proposal.finding
  return { ...proposal, finding }
}

/** True if a vote just goes on. */
function isOnTheWay(before: Proposal, after: Proposal): boolean {
  return isActive(before) && isActive(after)
}

/** The statuses under which an upgrade can be scheduled. */
const supporting: ReadonlySet<ProposalStatus> = new Set(['passed', 'queued', 'executed'])

/** True if anybody could have made what is withdrawn: no vote has decided on its upgrade, or it has none. */
export function isUndecided({ upgrade, proposal, isKnown }: Withdrawal): boolean {
  return upgrade === undefined || upgrade.status === 'pending' || (isKnown && isActive(proposal))
}

/** Names the proposal of a withdrawal, and the progress of its upgrade. */
export function subjectText(withdrawal: Withdrawal): string {
  const { upgrade, proposal } = withdrawal
  if (upgrade === undefined) return `proposal ${proposal.id}`
  const progress = isUndecided(withdrawal) ? 'voted on' : upgrade.status.replace('_', ' ')
  return `proposal ${proposal.id}, whose upgrade ${upgrade.name} is ${progress},`
}

/** Returns what is claimed about a proposal, as the end of a sentence. */
export function claimText(claim: Claim): string {
  if (claim === 'gone') return 'has been removed by a reorg'
  if (claim === 'in-doubt') return 'is in doubt'
  if (claim === 'applied') return 'has been carried out'
  return claim === 'plan-withdrawn' ? 'has been cancelled by another proposal' : `is ${claim}`
}

/** Identifies a claim, so that the nodes are asked once about it in one reading. */
export function claimKey({ proposal, claim }: Withdrawal): `${ProposalKey} ${Claim}` {
  return `${keyOf(proposal)} ${claim}`
}
