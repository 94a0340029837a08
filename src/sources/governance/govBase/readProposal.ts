import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { Place } from '../evm/Place.js'
import { askMore } from './askMore.js'
import { readSeats } from './readSeats.js'
import type { GovBaseContext, GovBaseContract } from './GovBaseContext.js'
import { askProposal, askSummary } from './inquiry.js'
import { toProposal } from './toProposal.js'

/** One proposal as it is at `at`; `undefined` where the contract does not know it. */
export async function readProposal(
  place: Place,
  contract: GovBaseContract,
  id: bigint,
  at: Head,
  { chain, describe }: Pick<GovBaseContext, 'chain' | 'describe'>,
): Promise<Proposal | undefined> {
  const [[summary], [found]] = await Promise.all([
    askMore(place, [askSummary(contract)], at),
    askMore(place, [askProposal(contract, id)], at),
  ])
  if (summary === undefined || found?.row === undefined || id > summary.count) return undefined
  const { row, attemptsLeft } = found
  const seats = await readSeats(place, contract.address, [row.memberVersion], at)
  return toProposal(row, {
    chain,
    id,
    contract,
    expiry: summary.expiry,
    seats: seats.get(row.memberVersion),
    attemptsLeft,
    at,
    describe,
  })
}
