import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import { provenIn } from '../cosmosSdk/doubts.js'
import { idsMovedBack, openedAgain } from '../cosmosSdk/movedBack.js'
import type { GovProposal } from './decode.js'
import { type ListRead, readList } from './list.js'
import { type OpenRead, readOpen, readUnread, type UnreadRead } from './openProposals.js'
import { govContract } from './toProposal.js'
import type { Visit } from './visit.js'

/** The proposals of one reading, as x/gov returns them. */
export interface Found {
  readonly list: ListRead
  /** True if the list was read to its end. */
  readonly isWhole: boolean
  /** Ids of the proposals in the list. */
  readonly listed: ReadonlySet<bigint>
  /** Open proposals of earlier readings. */
  readonly mine: readonly Proposal[]
  readonly still: OpenRead
  readonly late: UnreadRead
  /** Proposals whose vote an outdated answer reverts; they are not in `raws`. */
  readonly back: ReadonlySet<string>
  /** Proposals that an outdated answer may have opened again; they are not in `raws` either. */
  readonly again: ReadonlySet<string>
  /** Everything that was read, by id. */
  readonly raws: Map<bigint, GovProposal>
}

/** Reads new proposals in the list, then those that were open or could not be read before. */
export async function readGovernance({ rest, status, cursor, request, context, memory }: Visit): Promise<Found> {
  const { head } = status
  const list = await readList(rest, cursor, memory)
  const isWhole = list.toGo === 0n
  const raws = new Map(list.proposals.map((raw) => [raw.id, raw]))
  const listed = new Set(raws.keys())
  const mine = request.open.filter(({ contract }) => contract === govContract)
  const known = mine
    .filter((proposal) => isOpen(proposal) && !raws.has(BigInt(proposal.id)))
    .map(({ id }) => BigInt(id))
  const still = isWhole
    ? await readOpen(rest, known, provenIn(cursor?.absent, head), memory)
    : { proposals: [], gone: [], absent: [], warnings: [] }
  const late = await readUnread(rest, isWhole ? (cursor?.unread ?? []).map(BigInt) : [], memory, context.now())
  for (const raw of [...still.proposals, ...late.proposals]) raws.set(raw.id, raw)
  const back = rest.isUntold
    ? idsMovedBack(mine, [...raws.values()], { doubts: cursor?.absent, head })
    : new Set<string>()
  const followed = new Set([...listed, ...mine.map(({ id }) => id), ...(cursor?.unread ?? [])].map(String))
  const again = rest.isUntold
    ? openedAgain(still.proposals, followed, cursor?.lastId, { doubts: cursor?.absent, head })
    : new Set<string>()
  for (const id of [...back, ...again]) raws.delete(BigInt(id))
  return { list, isWhole, listed, mine, still, late, back, again, raws }
}
