import { defined } from '../../domain/defined.js'
import { hasPassed, keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import { isBlocked } from '../../domain/upgrades/upgrade.js'
import { agreedBy, askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { oncePast } from './oncePast.js'
import { type HiddenProposal, hostsThatHide, placedWords, standingWords } from './suspects.js'

/** What the nodes found wrong with the proposals of the scheduled upgrades. */
interface AuditResult {
  /** Proposals that did not pass, as enough nodes report them. */
  readonly denied: readonly HiddenProposal[]
  /** Proposals that enough nodes do not know, with the nodes that claim to know them. */
  readonly unknown: readonly HiddenProposal[]
}

/** Returns what the nodes deny. The proposals in the reading count as read. Never rejects. */
export type AuditScheduled = (reading: GoodReading) => Promise<AuditResult>

interface Asked {
  /** The state of the proposal that the nodes are asked to confirm. */
  readonly words: string
  /** The block at which this state was first read. A node that has not reached it cannot answer. */
  readonly since: bigint
  readonly dueAt: number
}

// Interval of the questions, in milliseconds, and of those about a proposal that the nodes neither confirm nor deny.
const everyMs = 600_000
const againMs = 60_000
const mostAtOnce = 20

/**
 * Returns a function that asks the nodes whether the proposal of each scheduled upgrade has passed: at once, every ten
 * minutes, and when its status changes. A single node may claim it. No file would be written for it, but the upgrade
 * would occupy its name and its height, so that a plan which has passed would be refused.
 */
export function createAudit(options: CrossCheckOptions): AuditScheduled {
  const { known, now } = options
  const asked = new Map<ProposalKey, Asked>()

  function due(proposal: Proposal): Asked | undefined {
    const before = asked.get(keyOf(proposal))
    const words = standingWords(proposal)
    const entry = before?.words === words ? before : { words, since: proposal.readAt, dueAt: now() }
    asked.set(keyOf(proposal), entry)
    return entry.dueAt > now() ? undefined : entry
  }

  return async (reading) => {
    const scheduled = scheduledIn(known(), reading)
    const keys = new Set(scheduled.map(keyOf))
    for (const key of asked.keys()) if (!keys.has(key)) asked.delete(key)
    const open = scheduled.flatMap((proposal) => {
      const entry = due(proposal)
      return entry === undefined ? [] : [{ proposal, entry }]
    })
    // Those that have waited longest first, so that each has its turn.
    open.sort((a, b) => a.entry.dueAt - b.entry.dueAt)
    const found = await Promise.all(
      open.slice(0, mostAtOnce).map(async ({ proposal, entry }) => {
        // The block at which it was read may have been one that a single node invented.
        const since = entry.since < reading.at.number ? entry.since : reading.at.number
        const answer = await askAbout(proposal, since, options)
        asked.set(keyOf(proposal), { ...entry, dueAt: now() + (answer.type === 'confirmed' ? everyMs : againMs) })
        return { proposal, answer }
      }),
    )
    return {
      denied: found.flatMap(({ answer }) => (answer.type === 'denied' ? [answer.as] : [])),
      unknown: found.flatMap(({ proposal, answer }) =>
        answer.type === 'unknown' ? [{ proposal, hosts: answer.hosts }] : [],
      ),
    }
  }
}

/** Returns the proposals of the scheduled upgrades, as they are known with this reading. */
function scheduledIn(
  { proposals, upgrades }: ReturnType<CrossCheckOptions['known']>,
  reading: GoodReading,
): readonly Proposal[] {
  const read = new Map(reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
  return [...upgrades.values()].flatMap((upgrade) => {
    const { key, status } = upgrade
    const isScheduled = status === 'scheduled' || isBlocked(upgrade)
    const proposal = isScheduled ? (read.get(key) ?? proposals.get(key)) : undefined
    return proposal === undefined || !hasPassed(proposal) || (reading.retracted.includes(key) && !read.has(key))
      ? []
      : [proposal]
  })
}

/** What the nodes say. */
type Answer =
  | { readonly type: 'confirmed' | 'undecided' }
  /** `as` is the proposal as they report it. */
  | { readonly type: 'denied'; readonly as: HiddenProposal }
  /** `hosts` are the nodes that claim to know it. */
  | { readonly type: 'unknown'; readonly hosts: readonly string[] }

async function askAbout(proposal: Proposal, since: bigint, options: CrossCheckOptions): Promise<Answer> {
  const { origin, ...unplaced } = proposal
  const answer = await askNodes(proposal, since, options)
  // The node that was read may have named a wrong block, in which no other node finds the proposal. Without a block a
  // node searches its whole history, unless the contract does not know the proposal.
  return answer.type === 'unknown' && origin !== undefined ? askNodes(unplaced, since, options) : answer
}

async function askNodes(proposal: Proposal, since: bigint, options: CrossCheckOptions): Promise<Answer> {
  const { witnesses, agreement, scheduler } = options
  const isFor = ({ proposal: told }: Testimony): boolean => told !== undefined && hasPassed(told)
  const count = (heard: readonly Testimony[], counts: (one: Testimony) => boolean): number =>
    heard.filter(counts).length
  const isPlaced = proposal.origin !== undefined
  const answers = await askWitnesses(
    witnesses.map((witness) => oncePast(witness, since, () => since)),
    proposal,
    {
      isEnough: (all) => agreedBy(all.filter(isFor), agreement, isPlaced ? () => '' : placedWords) !== undefined,
      ...defined({ scheduler }),
    },
  )
  // With finality below the head, a node that has the block may still answer for an older one.
  const heard = answers.filter(({ proposal: told }) => told === undefined || told.readAt >= since || hasPassed(told))
  if (count(heard, isFor) >= agreement) {
    const placed = isPlaced ? undefined : agreedBy(heard, agreement, placedWords)
    return placed?.origin === undefined
      ? { type: 'confirmed' }
      : { type: 'denied', as: { proposal: placed, hosts: [] } }
  }
  const agreed = agreedBy(heard, agreement, standingWords)
  if (agreed !== undefined)
    return { type: 'denied', as: { proposal: agreed, hosts: hostsThatHide(heard, agreed, undefined) } }
  const isUnknown = (one: Testimony): boolean => one.hasFailed !== true && one.proposal === undefined
  if (count(heard, isUnknown) < agreement) return { type: 'undecided' }
  return { type: 'unknown', hosts: heard.flatMap((one) => (one.proposal === undefined ? [] : [one.host])) }
}
