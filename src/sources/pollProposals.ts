import { asyncScheduler, catchError, defer, EMPTY, expand, map, type Observable, of, tap } from 'rxjs'
import { SourceError } from '../domain/errors.js'
import { canonical, type Json } from '../domain/text/json.js'
import { reorgReach } from '../domain/proposals/archive.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../domain/proposals/proposal.js'
import type { FailedReading, GoodReading, Reading } from '../domain/reading.js'
import { defined } from '../domain/defined.js'
import { fromAbortable } from './fromAbortable.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import { pollEvery, type PollOptions } from './pollEvery.js'

export interface PollProposalsOptions extends Omit<PollOptions<Reading>, 'hasFailed'> {
  readonly reader: GovernanceReader
  /** Where an earlier run stopped. @defaultValue a first sync */
  readonly restored?: StartingPoint
  /**
   * Asked before each read: where it gives a state, the read starts from there, not from where the last one ended.
   * @defaultValue every read goes on from the last one
   */
  readonly restart?: () => StartingPoint | undefined
  /** Host clock, Unix milliseconds. @defaultValue that of the scheduler */
  readonly now?: () => number
}

/** What a read goes on from; a `ChainState` fits. */
export interface StartingPoint {
  readonly cursor?: Json
  readonly readTo?: bigint
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

interface Seen {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

/** What the next read has to know after `reading`: its cursor, and the proposals that may still change. */
export function stepSeen({ proposals }: Seen, { cursor, at, proposals: read, retracted }: GoodReading): Seen {
  const all = new Map(proposals)
  for (const key of retracted) all.delete(key)
  for (const proposal of read) all.set(keyOf(proposal), proposal)
  for (const [key, proposal] of all) {
    if (!isWithinReach(proposal, at.number)) all.delete(key)
  }
  return { cursor, proposals: all }
}

/**
 * Polls one chain and emits every outcome, good or failed, in order, with the time at which its read began.
 *
 * - The cursor moves with each emitted reading: a consumer that commits inside `next` has committed before
 *   the next read starts. A portion of a long history (`backlog > 0`) is followed by the next one at once; one
 *   that comes no further than the one before is a failure.
 * - A reading that came to nothing downstream is read again where `restart` says so, after the usual wait.
 * - Never errors and never completes. Unsubscribing aborts the requests in flight.
 * - Each subscriber polls for itself: share downstream.
 */
export function pollProposals({
  reader,
  restored = { proposals: new Map() },
  restart = () => undefined,
  now: given,
  ...poll
}: PollProposalsOptions): Observable<Reading> {
  const { scheduler = asyncScheduler } = poll
  const now = given ?? ((): number => scheduler.now())
  return defer(() => {
    let seen = seenIn(restored)
    function portion(): Observable<Reading> {
      const again = restart()
      if (again !== undefined) seen = seenIn(again)
      const { cursor } = seen
      const begunAt = now()
      return fromAbortable((signal) =>
        reader.read({ ...defined({ cursor }), open: [...seen.proposals.values()], signal }),
      ).pipe(
        tap((reading) => requireProgress(reading, cursor)),
        tap((reading) => (seen = stepSeen(seen, reading))),
        catchError((cause: unknown) => of(failedReading(reader.chain, now(), cause))),
        map((reading): Reading => ({ ...reading, begunAt, ...(reading.ok && defined({ startedFrom: cursor })) })),
      )
    }
    const isFollowed = (reading: Reading): boolean => reading.ok && reading.backlog > 0n && restart() === undefined
    function wholePoll(): Observable<Reading> {
      return portion().pipe(expand((reading) => (isFollowed(reading) ? portion() : EMPTY)))
    }
    return pollEvery(wholePoll, { ...poll, hasFailed: ({ ok }) => !ok })
  })
}

function seenIn({ cursor, readTo = 0n, proposals }: StartingPoint): Seen {
  return {
    ...defined({ cursor }),
    proposals: new Map([...proposals].filter(([, proposal]) => isWithinReach(proposal, readTo))),
  }
}

/** A portion that ends where it began would be read again at once, and again. */
function requireProgress({ chain, backlog, cursor }: GoodReading, before: Json | undefined): void {
  if (backlog === 0n || before === undefined || canonical(cursor) !== canonical(before)) return
  throw new SourceError(
    'transient',
    `${chain} has more to be read, but the last reading came no further: a server answers the same over and over.`,
  )
}

function isWithinReach(proposal: Proposal, block: bigint): boolean {
  return isOpen(proposal) || (proposal.closedAt?.block ?? proposal.readAt) + reorgReach >= block
}

function failedReading(chain: string, readAt: number, cause: unknown): FailedReading {
  const failure =
    cause instanceof SourceError
      ? { kind: cause.kind, message: cause.message }
      : {
          kind: 'permanent' as const,
          message: `Reading ${chain} failed in an unforeseen way (${cause instanceof Error ? cause.name : 'unknown'}). Please report this.`,
        }
  return { ok: false, chain, readAt, failure }
}
