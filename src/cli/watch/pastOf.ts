import { map, type Observable } from 'rxjs'
import * as z from 'zod/mini'
import {
  type Proposal,
  type ProposalKey,
  keyOf,
  proposalStatuses,
  type Vote,
  voteChoices,
} from '../../domain/proposals/proposal.js'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import type { StatusMove } from '../../store/Store.js'
import { bigint, seconds, text } from '../../views/live/wire.js'
import { askRemote } from './askRemote.js'

/** The history of one proposal. */
export interface Past {
  readonly key: ProposalKey
  readonly moves: readonly StatusMove[]
  readonly votes: readonly Vote[]
}

const past = z.object({
  history: z.array(z.object({ status: z.enum(proposalStatuses), derived: z.boolean(), at: seconds, block: bigint })),
  votes: z.array(z.object({ voter: text, choice: z.enum(voteChoices), weight: bigint, reason: text, block: bigint })),
})

/** Emits the history of a proposal of a remote govstream; an empty one if the request fails or is not understood. */
export function pastOf(
  options: ConnectOptions,
  { chain, contract, id }: Pick<Proposal, 'chain' | 'contract' | 'id'>,
): Observable<Past> {
  const key = keyOf({ chain, contract, id })
  return askRemote(options, `api/v1/proposals/${encodeURIComponent(key)}`).pipe(
    map((body) => {
      const found = past.safeParse(body)
      const { history = [], votes = [] } = found.success ? found.data : {}
      return {
        key,
        moves: history.map(({ at: time, ...move }) => ({ ...move, time })),
        votes: votes.map((vote, index) => ({ ...vote, chain, contract, id, index })),
      }
    }),
  )
}
