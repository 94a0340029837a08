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
import { SourceError } from '../../domain/errors.js'
import { defined } from '../../domain/defined.js'
import { fromAbortable } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'

/** What one node reports about one proposal. Without a proposal the node knows none, or it failed. */
export interface Testimony {
  readonly host: string
  readonly proposal?: Proposal
  readonly hasFailed?: true
  /** Set with `hasFailed` if the node does not show what its own headers say may exist. */
  readonly withholds?: true
}

export interface AskOptions {
  /** Returns true once no further answer is needed. */
  readonly isEnough: (testimonies: readonly Testimony[]) => boolean
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined
}

// Maximum wait for the answers, in milliseconds. It is short, because a reading waits for them.
const limitMs = 3_000

/** Asks every node for a proposal until enough have answered. Takes at most three seconds. Never rejects. */
export function askWitnesses(
  witnesses: readonly GovernanceReader[],
  { contract, id, origin }: Pick<Proposal, 'contract' | 'id' | 'origin'>,
  { isEnough, scheduler = asyncScheduler }: AskOptions,
): Promise<readonly Testimony[]> {
  const answers = witnesses.map((witness) => {
    const host = witness.host ?? 'a node'
    return fromAbortable((signal) => witness.readProposal(contract, id, signal, origin?.block)).pipe(
      timeout({ first: limitMs, scheduler }),
      map((proposal): Testimony => ({ host, ...defined({ proposal }) })),
      catchError((cause: unknown) =>
        of<Testimony>({ host, hasFailed: true, ...(isWithheld(cause) && { withholds: true }) }),
      ),
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

function isWithheld(cause: unknown): boolean {
  return cause instanceof SourceError && cause.withholds
}

/** Returns the proposal that at least `agreement` nodes report with equal `wordsOf`; `undefined` if there is none. */
export function agreedBy(
  testimonies: readonly Testimony[],
  agreement: number,
  wordsOf: (proposal: Proposal) => string,
): Proposal | undefined {
  const told = testimonies.flatMap(({ proposal }) => (proposal === undefined ? [] : [proposal]))
  return told.find((one) => told.filter((other) => wordsOf(other) === wordsOf(one)).length >= agreement)
}

/** Returns the hosts whose answer differs from the agreed one. */
export function hostsAgainst(
  testimonies: readonly Testimony[],
  agreed: Proposal,
  wordsOf: (proposal: Proposal) => string,
): readonly string[] {
  return testimonies.flatMap(({ host, proposal }) =>
    proposal !== undefined && wordsOf(proposal) !== wordsOf(agreed) ? [host] : [],
  )
}
