import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import type { GoodReading } from '../../domain/reading.js'
import { agreedBy, askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { isPassed } from '../../domain/plans/dueAt.js'

/** Reported by another node, and not or otherwise by the one that is read. */
interface Suspect {
  readonly proposal: Proposal
  /** Block the other node stood at: before it is read here nothing is missing. */
  readonly seenAt: bigint
  readonly dueAt: number
}

/** A proposal that the nodes agree on and the reading lacks, and the hosts that kept it from us. */
export interface HiddenProposal {
  readonly proposal: Proposal
  readonly hosts: readonly string[]
}

/** The proposals that another node reports and the node that is read does not, until enough nodes agree on them. */
export interface Suspects {
  /** Takes up what `other` reports and `reading` does not, or reports as over. */
  add(other: GoodReading, reading: GoodReading): void
  /** What the nodes agree on and `reading` lacks. Each suspect is asked for once a minute, at every node. */
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

/** Whether what another node reports can still lead to something, and is not what is known. */
function isAtOdds(told: Proposal, current: Proposal | undefined, { at }: GoodReading): boolean {
  const { status, finding } = told
  if (current === undefined)
    return isOpen(told) || (isDone(status) && finding !== undefined && !isPassed(finding.plan, at))
  // `expired` is set by us, where nobody closed the proposal: no node says it.
  if (current.status === 'expired' || isOpen(told) === isOpen(current)) return false
  return isOpen(told) || status === 'canceled' || status === 'executed'
}

function isDone(status: Proposal['status']): boolean {
  return status === 'executed' || status === 'passed'
}

/** Of the node that was read, where it is known, else of all: who denies what the nodes agree on. */
function hostsThatHide(heard: readonly Testimony[], agreed: Proposal, servedBy: string | undefined): readonly string[] {
  return heard
    .filter(
      ({ host, hasFailed, proposal }) =>
        (servedBy === undefined || host === servedBy) &&
        hasFailed !== true &&
        (proposal === undefined || standingWords(proposal) !== standingWords(agreed)),
    )
    .map(({ host }) => host)
}

/** Equal for nodes that agree on a proposal: its content, and that it is open or how it ended. */
function standingWords(proposal: Proposal): string {
  return `${isOpen(proposal) ? 'open' : proposal.status} ${proposalContent(proposal)}`
}
