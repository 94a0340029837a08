import type { Head } from '../../domain/blocks/head.js'
import { hasPassed, isActive, isOpen, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import type { GoodReading } from '../../domain/reading.js'
import { agreedBy, askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { isPassed } from '../../domain/plans/dueAt.js'

/** A proposal that another node reports, and the node that is read does not report or reports differently. */
interface Suspect {
  readonly proposal: Proposal
  /** The block the other node was at. Until the reading has reached it, nothing counts as missing. */
  readonly seenAt: bigint
  readonly dueAt: number
}

/** A proposal that the nodes agree on and the reading lacks, and the hosts that did not report it. */
export interface HiddenProposal {
  readonly proposal: Proposal
  readonly hosts: readonly string[]
}

/** The proposals that only another node reports, kept until enough nodes agree on them. */
export interface Suspects {
  /** Adds the proposals that `other` reports and `reading` lacks or reports as over. */
  add(other: GoodReading, reading: GoodReading): void
  /**
   * Returns what the nodes agree on and `reading` lacks. Every node is asked about each suspect at most once a minute.
   */
  findHidden(reading: GoodReading, servedBy: string | undefined): Promise<readonly HiddenProposal[]>
}

const againMs = 60_000
const mostSuspects = 1_000
const mostAtOnce = 20

export function createSuspects(options: CrossCheckOptions): Suspects {
  const { witnesses, agreement, known, recorded, now } = options
  const suspects = new Map<ProposalKey, Suspect>()

  function currentOf(key: ProposalKey, { proposals, retracted }: GoodReading): Proposal | undefined {
    const read = proposals.find((proposal) => keyOf(proposal) === key)
    return read ?? (retracted.includes(key) ? undefined : (known().proposals.get(key) ?? recorded?.(key)))
  }

  const isMissing = (proposal: Proposal, reading: GoodReading): boolean =>
    isAtOdds(proposal, currentOf(keyOf(proposal), reading), reading)

  function add(other: GoodReading, reading: GoodReading): void {
    for (const proposal of other.proposals) {
      if (suspects.size < mostSuspects && isMissing(proposal, reading))
        suspects.set(keyOf(proposal), { proposal, seenAt: other.at.number, dueAt: 0 })
    }
  }

  async function ask(suspect: Suspect, reading: GoodReading, servedBy?: string): Promise<readonly HiddenProposal[]> {
    const key = keyOf(suspect.proposal)
    const heard = await askWitnesses(witnesses, suspect.proposal, { ...options, isEnough: () => false })
    const agreed = agreedBy(heard, agreement, standingWords)
    suspects.set(key, { ...suspect, dueAt: now() + againMs })
    if (agreed === undefined) return []
    suspects.delete(key)
    const current = currentOf(key, reading)
    if (current !== undefined && standingWords(current) === standingWords(agreed)) return []
    return [{ proposal: agreed, hosts: hostsThatHide(heard, agreed, servedBy) }]
  }

  async function findHidden(reading: GoodReading, servedBy?: string): Promise<readonly HiddenProposal[]> {
    for (const [key, { proposal }] of suspects) if (!isMissing(proposal, reading)) suspects.delete(key)
    const ripe = [...suspects.values()].filter(({ seenAt, dueAt }) => seenAt <= reading.at.number && dueAt <= now())
    const found = await Promise.all(ripe.slice(0, mostAtOnce).map((suspect) => ask(suspect, reading, servedBy)))
    return found.flat()
  }

  return { add, findHidden }
}

/** True if a reported proposal can still lead to something and differs from what is known. */
function isAtOdds(told: Proposal, current: Proposal | undefined, { at }: GoodReading): boolean {
  if (current === undefined) return isOpen(told) || hasPlanAhead(told, at)
  // We set this status if nobody closed the proposal. A node may still report it as open.
  if (current.status === 'expired' && current.derived) return false
  if (isOpen(told) && isOpen(current)) {
    // A node that reports a vote as still going on would hide that it has passed.
    return isActive(current) && !isActive(told)
  }
  // Of two ends, only one lets the plan take effect.
  if (!isOpen(told) && !isOpen(current)) return hasPlanAhead(told, at) !== hasPlanAhead(current, at)
  // The end of a vote need not be asked about: the next reading has it. A node could hide the end of a plan, though.
  return isOpen(told) || told.status === 'canceled' || told.status === 'executed' || hasPlanAhead(current, at)
}

/** True if the proposal has passed with a plan that is not over yet. */
function hasPlanAhead(proposal: Proposal, at: Head): boolean {
  const { finding } = proposal
  return hasPassed(proposal) && finding !== undefined && !isPassed(finding.plan, at)
}

/**
 * Returns the hosts that deny what the nodes agree on. If the node that was read is known, only that one is considered.
 */
export function hostsThatHide(
  heard: readonly Testimony[],
  agreed: Proposal,
  servedBy: string | undefined,
): readonly string[] {
  return heard
    .filter(
      ({ host, hasFailed, withholds, proposal }) =>
        (servedBy === undefined || host === servedBy) &&
        (hasFailed !== true || withholds === true) &&
        (proposal === undefined || standingWords(proposal) !== standingWords(agreed)),
    )
    .map(({ host }) => host)
}

/** Equal for nodes that agree on a proposal: its content, and whether its vote goes on, has passed, or how it ended. */
export function standingWords(proposal: Proposal): string {
  const standing = isActive(proposal) ? 'active' : isOpen(proposal) ? 'passed' : proposal.status
  return `${standing} ${proposalContent(proposal)}`
}
