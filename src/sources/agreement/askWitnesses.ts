import {
  asyncScheduler,
  catchError,
  lastValueFrom,
  map,
  merge,
  of,
  scan,
  type SchedulerLike,
  takeWhile,
  timeout,
} from 'rxjs'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { defined } from '../../domain/defined.js'
import { fromAbortable } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'

/** What one node says of one proposal; no proposal where it knows none or failed. */
export interface Testimony {
  readonly host: string
  readonly proposal?: Proposal
  readonly hasFailed?: true
}

export interface AskOptions {
  /** True once nobody else needs to be heard. */
  readonly isEnough: (testimonies: readonly Testimony[]) => boolean
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined
}

// Whoever has not said anything by then says nothing: a reading waits for it.
const limitMs = 3_000

/** Asks every node by itself for a proposal, until enough were heard. Takes three seconds at most. Never rejects. */
export function askWitnesses(
  witnesses: readonly GovernanceReader[],
  { contract, id, origin }: Proposal,
  { isEnough, scheduler = asyncScheduler }: AskOptions,
): Promise<readonly Testimony[]> {
  const answers = witnesses.map((witness) => {
    const host = witness.host ?? 'a node'
    return fromAbortable((signal) => witness.readProposal(contract, id, signal, origin?.block)).pipe(
      timeout({ first: limitMs, scheduler }),
      map((proposal): Testimony => ({ host, ...defined({ proposal }) })),
      catchError(() => of<Testimony>({ host, hasFailed: true })),
    )
  })
  return lastValueFrom(
    merge(...answers).pipe(
      scan((heard: readonly Testimony[], one) => [...heard, one], []),
      takeWhile((heard) => !isEnough(heard), true),
    ),
    { defaultValue: [] },
  )
}

/** What at least `agreement` of them say, where `wordsOf` gives equal words for equal announcements. */
export function agreedBy(
  testimonies: readonly Testimony[],
  agreement: number,
  wordsOf: (proposal: Proposal) => string,
): Proposal | undefined {
  const told = testimonies.flatMap(({ proposal }) => (proposal === undefined ? [] : [proposal]))
  return told.find((one) => told.filter((other) => wordsOf(other) === wordsOf(one)).length >= agreement)
}

/** The hosts that tell it otherwise than the agreed way. */
export function hostsAgainst(
  testimonies: readonly Testimony[],
  agreed: Proposal,
  wordsOf: (proposal: Proposal) => string,
): readonly string[] {
  return testimonies.flatMap(({ host, proposal }) =>
    proposal !== undefined && wordsOf(proposal) !== wordsOf(agreed) ? [host] : [],
  )
}
