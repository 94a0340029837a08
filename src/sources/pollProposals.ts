import { asyncScheduler, catchError, defer, EMPTY, expand, map, merge, NEVER, type Observable, of, tap } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import { SourceError } from '../domain/errors.js'
import { canonical, type Json } from '../domain/text/json.js'
import { reorgReach } from '../domain/proposals/archive.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../domain/proposals/proposal.js'
import type { FailedReading, GoodReading, ReadFailure, Reading } from '../domain/reading.js'
import { defined } from '../domain/defined.js'
import { editMap } from '../domain/editedMap.js'
import { fromAbortable } from './fromAbortable.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import type { PollOptions } from './pollEvery.js'
import { type HeadReading, pollHeads } from './pollHeads.js'
import { readFailure } from './readFailure.js'
import { wakeByHeads } from './wakeByHeads.js'

/** Which reader to poll, from which state and how often. */
export interface PollProposalsOptions extends Omit<PollOptions<Reading>, 'hasFailed' | 'waitsFirst'> {
  readonly reader: GovernanceReader
  /** The state an earlier run left. @defaultValue none, which makes the first read a first sync */
  readonly restored?: StartingPoint
  /**
   * Called before each read. If it returns a state, the read starts from that state instead of the end of the last
   * read.
   *
   * @defaultValue every read continues from the last one
   */
  readonly restart?: () => StartingPoint | undefined
  /** Returns the time in Unix milliseconds. @defaultValue the clock of the scheduler */
  readonly now?: () => number
}

/** The state a read starts from; a `ChainState` fits. */
export interface StartingPoint {
  readonly cursor?: Json
  /** The block up to which proposals have been read. */
  readonly proposalsReadTo?: bigint
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

interface Seen {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

/** What the next read needs after `reading`: its cursor, and the proposals that may still change. */
export function stepSeen({ proposals }: Seen, { cursor, at, proposals: read, retracted }: GoodReading): Seen {
  const seen = editMap(proposals)
  for (const key of retracted) seen.delete(key)
  for (const proposal of read) seen.set(keyOf(proposal), proposal)
  for (const [key, proposal] of seen.map()) {
    if (!isWithinReach(proposal, at.number)) seen.delete(key)
  }
  return { cursor, proposals: seen.map() }
}

/**
 * Polls one chain and emits every outcome, good or failed, in order, with the time at which its read began.
 *
 * - The first read starts at once. Then the head is requested one period after each read has ended, see {@link
 *   pollHeads}. A good answer starts a read from that head; a failed one is emitted as a failed reading. `trigger$`
 *   starts a read that requests the head itself.
 * - The cursor moves with each emitted reading: a consumer that commits inside `next` has committed before the next
 *   read starts. A portion of a long history (`backlog > 0`) is followed by the next one at once; a portion that ends
 *   at the cursor it started from is a failure.
 * - If downstream could not use a reading, `restart` makes the poll read it again, after the usual wait.
 * - Never errors and never completes. Unsubscribing aborts the requests in flight.
 * - Each subscriber polls separately; share downstream.
 */
export function pollProposals({
  reader,
  restored = { proposals: new Map() },
  restart = () => undefined,
  now: given,
  periodMs,
  restartWait$: again$ = NEVER,
  ...poll
}: PollProposalsOptions): Observable<Reading> {
  const { scheduler = asyncScheduler } = poll
  const now = given ?? ((): number => scheduler.now())
  const { chain } = reader
  return defer(() => {
    let seen = seenIn(restored)
    function portion(head?: Head, begunAt = now()): Observable<Reading> {
      const again = restart()
      if (again !== undefined) seen = seenIn(again)
      const { cursor } = seen
      return fromAbortable((signal) =>
        reader.read({ ...defined({ cursor, head }), open: [...seen.proposals.values()], signal }),
      ).pipe(
        tap((reading) => requireProgress(reading, cursor)),
        tap((reading) => (seen = stepSeen(seen, reading))),
        catchError((cause: unknown) => of(failedReading(chain, now(), readFailure(chain, cause)))),
        map((reading): Reading => ({
          ...reading,
          begunAt,
          ...defined({ endpoints: reader.endpoints?.() }),
          ...(reading.ok && defined({ startedFrom: cursor })),
        })),
      )
    }
    const isFollowed = (reading: Reading): boolean => reading.ok && reading.backlog > 0n && restart() === undefined
    function wholePoll(look?: HeadReading): Observable<Reading> {
      if (look?.ok === false)
        return of({
          ...failedReading(chain, now(), look.failure),
          begunAt: look.begunAt,
          silentSince: look.begunAt,
          ...defined({ endpoints: reader.endpoints?.() }),
        })
      return portion(look?.head, look?.begunAt).pipe(expand((reading) => (isFollowed(reading) ? portion() : EMPTY)))
    }
    return wakeByHeads(wholePoll, {
      ...poll,
      heads: (ended$) =>
        pollHeads({
          reader,
          ...poll,
          trigger$: NEVER,
          periodMs,
          now,
          waitsFirst: true,
          restartWait$: merge(ended$, again$),
        }),
      hasFailed: ({ ok }) => !ok,
    })
  })
}

function seenIn({ cursor, proposalsReadTo = 0n, proposals }: StartingPoint): Seen {
  return {
    ...defined({ cursor }),
    proposals: new Map([...proposals].filter(([, proposal]) => isWithinReach(proposal, proposalsReadTo))),
  }
}

/** Without this check, a portion that ends where it began would be requested again without end. */
function requireProgress({ chain, backlog, cursor }: GoodReading, before: Json | undefined): void {
  if (backlog === 0n || before === undefined || canonical(cursor) !== canonical(before)) return
  throw new SourceError(
    'transient',
    `${chain} has more to read, but the last reading made no progress: a server repeats the same answer.`,
  )
}

/**
 * True if the proposal may still change: it is open, or its plan is in doubt, or a reorg may undo its end, or its plan
 * is still ahead, so that a later proposal or an outdated answer may cancel it.
 */
function isWithinReach(proposal: Proposal, block: bigint): boolean {
  return (
    isOpen(proposal) ||
    proposal.finding?.unsure !== undefined ||
    (proposal.closedAt?.block ?? proposal.readAt) + reorgReach >= block ||
    (isDecidedFor(proposal) && Number(block) <= (proposal.finding?.plan.height ?? 0))
  )
}

/** True if a vote approved the proposal. Only a vote leads here, so nobody can create many of these. */
function isDecidedFor({ status }: Proposal): boolean {
  return status === 'passed' || status === 'executed' || status === 'failed'
}

function failedReading(chain: string, readAt: number, failure: ReadFailure): FailedReading {
  return { ok: false, chain, readAt, failure }
}
