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
  /** When it was reported first, in milliseconds. */
  readonly since: number
  readonly dueAt: number
}

/** A proposal that the nodes agree on and the reading lacks, and the hosts that did not report it. */
export interface HiddenProposal {
  readonly proposal: Proposal
  readonly hosts: readonly string[]
}

/** The proposals that only another node reports, kept until enough nodes agree on them. */
export interface Suspects {
  /** Adds the proposals that `other`, read at `host`, reports and `reading` lacks or reports as over. */
  add(other: GoodReading, reading: GoodReading, host?: string): void
  /**
   * Returns what the nodes agree on and `reading` lacks. Every node is asked about each suspect at most once a minute.
   */
  findHidden(reading: GoodReading, servedBy: string | undefined): Promise<readonly HiddenProposal[]>
  /** True if there are proposals that are neither agreed on nor refuted. */
  readonly areOpen: () => boolean
}

const againMs = 60_000
// How long enough nodes must have contradicted a report before it is dropped, in milliseconds. No reorg takes so long.
const refutedMs = 3_600_000
// Maximum number of suspects that one host adds: a node that invents proposals must not displace those of the others.
const mostOfHost = 300
const mostAtOnce = 20

export function createSuspects(options: CrossCheckOptions): Suspects {
  const { witnesses, agreement, known, recorded, now } = options
  const suspects = new Map<string, Map<ProposalKey, Suspect>>()

  function currentOf(key: ProposalKey, { proposals, retracted }: GoodReading): Proposal | undefined {
    const read = proposals.find((proposal) => keyOf(proposal) === key)
    return read ?? (retracted.includes(key) ? undefined : (known().proposals.get(key) ?? recorded?.(key)))
  }

  const isMissing = (proposal: Proposal, reading: GoodReading): boolean =>
    isAtOdds(proposal, currentOf(keyOf(proposal), reading), reading)

  function add(other: GoodReading, reading: GoodReading, host = ''): void {
    const own = suspects.get(host) ?? new Map<ProposalKey, Suspect>()
    suspects.set(host, own)
    for (const proposal of other.proposals) {
      const key = keyOf(proposal)
      const before = own.get(key)
      if ((before !== undefined || own.size < mostOfHost) && isMissing(proposal, reading))
        own.set(key, { proposal, seenAt: other.at.number, since: before?.since ?? now(), dueAt: 0 })
    }
  }

  async function ask(
    [own, suspect]: readonly [Map<ProposalKey, Suspect>, Suspect],
    reading: GoodReading,
    servedBy?: string,
  ): Promise<readonly HiddenProposal[]> {
    const { proposal, seenAt, since } = suspect
    const key = keyOf(proposal)
    const heard = await askWitnesses(witnesses, proposal, { ...options, isEnough: () => false })
    const agreed = agreedBy(heard, agreement, placedWords)
    const against = heard.filter((one) => contradicts(one, proposal, seenAt)).length
    const isRefuted = witnesses.length - against < agreement && now() - since >= refutedMs
    if (agreed === undefined && !isRefuted) own.set(key, { ...suspect, dueAt: now() + againMs })
    else own.delete(key)
    if (agreed === undefined) return []
    const current = currentOf(key, reading)
    if (current !== undefined && standingWords(current) === standingWords(agreed) && hasSameOrigin(current, agreed))
      return []
    return [{ proposal: agreed, hosts: hostsThatHide(heard, agreed, servedBy) }]
  }

  async function findHidden(reading: GoodReading, servedBy?: string): Promise<readonly HiddenProposal[]> {
    const ripe = [...suspects.values()].map((own) => {
      for (const [key, { proposal }] of own) if (!isMissing(proposal, reading)) own.delete(key)
      const due = [...own.values()].filter(({ seenAt, dueAt }) => seenAt <= reading.at.number && dueAt <= now())
      return due.sort((a, b) => a.dueAt - b.dueAt).map((suspect) => [own, suspect] as const)
    })
    const found = await Promise.all(
      inTurns(ripe)
        .slice(0, mostAtOnce)
        .map((one) => ask(one, reading, servedBy)),
    )
    return found.flat()
  }

  return { add, findHidden, areOpen: () => [...suspects.values()].some(({ size }) => size > 0) }
}

/** Returns the first of each list, then the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat()
}

/** True if a node that is as far as the other one contradicts what that one reports. */
function contradicts({ hasFailed, proposal: told }: Testimony, proposal: Proposal, seenAt: bigint): boolean {
  if (hasFailed === true) return false
  return told === undefined || (told.readAt >= seenAt && standingWords(told) !== standingWords(proposal))
}

/** Equal for nodes that agree on a proposal and on the block in which it was submitted. */
export function placedWords(proposal: Proposal): string {
  return `${proposal.origin?.block ?? ''} ${standingWords(proposal)}`
}

/** A node that is asked for a proposal searches the block in which it was submitted, so that a wrong one hides it. */
function hasSameOrigin({ origin: one }: Proposal, { origin: other }: Proposal): boolean {
  return one === undefined || other === undefined || one.block === other.block
}

/** True if a reported proposal can still lead to something and differs from what is known. */
function isAtOdds(told: Proposal, current: Proposal | undefined, { at }: GoodReading): boolean {
  if (current === undefined) return isOpen(told) || hasPlanAhead(told, at)
  // We set this status if nobody closed the proposal. A node may still report it as open.
  if (current.status === 'expired' && current.derived) return false
  if (!hasSameOrigin(told, current)) return isOpen(told) || hasPlanAhead(told, at)
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
