import { keyOf, type Proposal } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import { isBlocked } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { mapLimited } from '../http/mapLimited.js'
import { askWitnesses, type Testimony } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { oncePast } from './oncePast.js'
import { standsIn, withoutDoubt } from './withdrawals.js'

// Maximum number of plans that are asked about in one reading, and at the same time. Only a vote leads to one of them.
const mostPlans = 20
const atOnce = 4

/**
 * Wraps the reader of a chain of which one node is trusted, so that a doubt of the time when several nodes had to agree
 * ends with its next reading. The reader itself would keep it, or would not read the proposal again.
 */
export function forgetDoubts(reader: GovernanceReader): GovernanceReader {
  if (reader.traits?.doubts !== 'never') return reader
  return {
    ...reader,
    async read(request) {
      const reading = await reader.read({ ...request, open: request.open.map(withoutDoubt) })
      return reading.backlog > 0n ? reading : withProposals(reading, unreadDoubts(reading, request.open))
    },
  }
}

/**
 * Adds the proposals of waiting upgrades that are in doubt and that the reader did not read, once `agreement` nodes
 * report that their plans stand. A reader reads proposals only at a new block, and a chain that has halted at the
 * height of an upgrade has none until the upgrade is carried out.
 */
export async function settleDoubts(
  reading: GoodReading,
  open: readonly Proposal[],
  options: CrossCheckOptions,
): Promise<GoodReading> {
  if (reading.backlog > 0n || reading.lagging === true) return reading
  const { upgrades } = options.known()
  const doubted = unreadDoubts(reading, open).filter((proposal) => {
    const upgrade = upgrades.get(keyOf(proposal))
    return upgrade !== undefined && (upgrade.status === 'scheduled' || isBlocked(upgrade))
  })
  const settled = await mapLimited(doubted.slice(0, mostPlans), atOnce, async (proposal) =>
    (await isConfirmed(proposal, reading.at.number, options)) ? [proposal] : [],
  )
  return withProposals(reading, settled.flat())
}

function unreadDoubts({ proposals, retracted }: GoodReading, open: readonly Proposal[]): readonly Proposal[] {
  const read = new Set([...proposals.map(keyOf), ...retracted])
  return open.filter((proposal) => proposal.finding?.unsure !== undefined && !read.has(keyOf(proposal)))
}

function withProposals(reading: GoodReading, settled: readonly Proposal[]): GoodReading {
  return settled.length === 0
    ? reading
    : { ...reading, proposals: [...reading.proposals, ...settled.map(withoutDoubt)] }
}

async function isConfirmed(
  proposal: Proposal,
  readTo: bigint,
  { witnesses, agreement, scheduler }: CrossCheckOptions,
): Promise<boolean> {
  // The block at which it was read may have been one that a single node invented.
  const reached = proposal.readAt < readTo ? proposal.readAt : readTo
  const count = (heard: readonly Testimony[]): number => heard.filter((one) => standsIn(one.proposal, proposal)).length
  const heard = await askWitnesses(
    witnesses.map((witness) => oncePast(witness, reached, () => reached)),
    proposal,
    { isEnough: (answers) => count(answers) >= agreement, scheduler },
  )
  return count(heard) >= agreement
}
