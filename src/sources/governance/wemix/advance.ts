import { SourceError } from '../../../domain/errors.js'
import { isOpen, type Proposal, type Vote } from '../../../domain/proposal.js'
import { readBlock } from '../../readHead.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { Place } from '../evm/Place.js'
import type { Advance, Step } from '../evm/readOn.js'
import { idsBetween } from './idsBetween.js'
import { readBallots } from './readBallots.js'
import { type Counts, type Overview, readContracts, readCounts, readVotes } from './readCounts.js'
import { readHistory } from './readHistory.js'
import { settleBallots } from './settleBallots.js'
import type { CastVote } from './voteOf.js'
import type { WemixContracts, WemixMemory, WemixReaderOptions } from './WemixContext.js'

// Asked for before anybody knows whether they exist: so votes cost no request of their own.
const votesAhead = 16n
// After a reorg that many votes back are looked at: there is one ballot at a time, and a member votes once.
const votesBack = 48n

/**
 * Reads everything at the target: what is new since the cursor, and what may still change. One HTTP request where
 * there is no new ballot; one more for each twenty new ones, and where the registry points elsewhere.
 */
export async function advance(place: Place, step: Step, options: WemixReaderOptions, memory: WemixMemory): Promise<Advance | 'reorged'> {
  const { registry } = memory
  if (registry === undefined) throw new SourceError('transient', `The registry of ${place.chain} is not known yet.`)
  // Ids may belong to other ballots after a reorg.
  if (step.ancestor !== undefined) memory.payloads = new Map()
  memory.contracts ??= await readContracts(place, registry, step.target.number)
  let pass = await readPass(place, step, memory.contracts, memory)
  if (pass.overview.counts === undefined) {
    memory.contracts = pass.overview.contracts
    pass = await readPass(place, step, memory.contracts, memory)
  }
  const { overview, followed } = pass
  const { at, contracts, counts, headers: [before], nodeVersion } = overview
  if (counts === undefined) throw new SourceError('transient', `The registry of ${place.chain} answers in two ways at block ${at.number}.`)
  if (step.anchor !== undefined && before?.hash !== step.anchor.hash) return 'reorged'

  const known = placeIn(step, contracts)
  const added = await readHistory(place, contracts.ballots, idsBetween((known?.ballots ?? 0n) + 1n, counts.ballots), at.number)
  const cast = await votesSince(place, step, overview, counts)
  // Whatever was asked for in more than one request was asked for at this very block.
  if ((await needsProof(place, at.number, added.length > 0 || cast.asked)) === at.hash) throw moved(place)
  return {
    at,
    ...(before !== undefined && { previous: before }),
    ...settleBallots({ step, overview: { ...overview, counts }, followed, added, isNewPlace: known === undefined, options, memory }),
    votes: cast.votes.map((vote) => toVote(vote, contracts, at.number, options.chain)),
    counts: { [contracts.ballots.toLowerCase()]: counts.ballots, votes: counts.votes, voting: counts.voting },
    ...(nodeVersion !== undefined && { nodeVersion }),
  }
}
