import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  EMPTY,
  ignoreElements,
  type Observable,
  of,
  repeat,
  tap,
  timer,
} from 'rxjs'
import { type EditQueue, judgeEdit, nextEdit, stepEdits } from '../../domain/notifications/stepEdits.js'
import { subjectsIn, voteNow, type VoteNotification } from '../../domain/notifications/voteNow.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { attemptEdit, type DueEdit, type EditOptions } from './attemptEdit.js'
import type { OutboxLane, OutboxStore, VoteSource } from './OutboxOptions.js'

/** The edits of one handler between two notifications. */
export interface VoteEdits {
  /** Records that these votes changed, or that a notification about them was sent. */
  readonly moved: (subjects: readonly string[]) => void
  /**
   * Edits what is due, one message at a time, while nothing is to be delivered and the rate allows it. Emits nothing;
   * errors with a `StoreError`.
   */
  readonly pass$: Observable<never>
  /** When the next edit is due, in Unix milliseconds; undefined if nothing waits. */
  readonly nextAt: () => number | undefined
}

export interface VoteEditsOptions extends EditOptions {
  /** True when no further edit may be started. @defaultValue never */
  readonly isOver?: () => boolean
  /** If true, a pass waits for the rate; otherwise it leaves the rest to a later pass. @defaultValue false */
  readonly waits?: boolean
}

/**
 * Keeps the messages of votes up to date, and closes those of subjects that ended without a notification. Several
 * changes of a vote lead to one edit. Nothing is posted, and an edit that the service refuses is dropped. Returns
 * undefined if the handler cannot edit.
 */
export function editVotes(handler: string, lane: OutboxLane, options: VoteEditsOptions): VoteEdits | undefined {
  if (lane.handler.edit === undefined) return undefined
  const { store, now, steady = { now }, isOver = () => false, waits = false, scheduler = asyncScheduler } = options
  let queue = firstQueue(options.votes)
  const spareWaitMs = (): number => lane.pacer?.spareWaitMs(now()) ?? 0

  /** Chooses the next edit that is due. */
  function choose(): DueEdit | undefined {
    // Deliveries go before edits.
    if (isOver() || (store.nextDue(handler) ?? Infinity) <= now() || store.pausedUntil(handler, now()) !== undefined)
      return undefined
    for (let next = nextEdit(queue); next !== undefined && next.from <= steady.now(); next = nextEdit(queue)) {
      const { subject, failures } = next
      const post = store.livingPost(handler, subject)
      const wanted = post === undefined ? undefined : wantedOf(post.told, options.votes)
      const verdict = judgeEdit(post, wanted, { now: now(), isSilenced: (one) => isSilenced(one, options) })
      queue = stepEdits(queue, { type: 'begun', subject })
      if (verdict.edit) return { handler, subject, failures, ...verdict }
      if (verdict.until !== undefined) postpone(subject, verdict.until, failures)
    }
    return undefined
  }
  function postpone(subject: string, until: number, failures: number): void {
    // The wait uses the steady clock, so that it does not grow if the host clock is set back.
    queue = stepEdits(queue, { type: 'postponed', subject, until: steady.now() + until - now(), failures })
  }
  // An edit may be the first request of this process. What ended while the handler was not configured is found once.
  let isResumed = false
  const resumed$ = defer(() => {
    lane.pacer?.resume(now(), (since) => store.sentSince(handler, since))
    if (!isResumed) queue = stepEdits(queue, { type: 'moved', subjects: endedMeanwhile(handler, store) })
    isResumed = true
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler))
  let isMore = true
  const one$ = defer(() => {
    const wait = spareWaitMs()
    isMore = waits || wait === 0
    if (!isMore) return EMPTY
    // The edit is chosen before the wait, so that the pass does not wait if there is none.
    return defer(() => of(choose())).pipe(
      retryWhileUnwritable(scheduler),
      tap((due) => (isMore = due !== undefined)),
      concatMap((due) => {
        if (due === undefined) return EMPTY
        const turn$ = wait === 0 ? EMPTY : timer(wait, scheduler).pipe(ignoreElements())
        const edit$ = attemptEdit(due, lane, options)
        const retry$ = edit$.pipe(tap((until) => postpone(due.subject, until, due.failures + 1)))
        return concat(turn$, retry$.pipe(ignoreElements()))
      }),
    )
  })
  return {
    moved: (subjects) => {
      queue = stepEdits(queue, { type: 'moved', subjects })
    },
    pass$: concat(resumed$, one$.pipe(repeat({ delay: () => (isMore ? of(undefined) : EMPTY) }))),
    nextAt: () => {
      const next = nextEdit(queue)
      return next === undefined ? undefined : now() + Math.max(next.from - steady.now(), spareWaitMs())
    },
  }
}

function endedMeanwhile(handler: string, store: OutboxStore): readonly string[] {
  return store.missedEnds([handler]).map(({ subject }) => subject)
}

/** At most one entry for each open vote and for each plan. */
function firstQueue({ states }: VoteSource): EditQueue {
  return stepEdits(new Map(), { type: 'moved', subjects: [...states()].flatMap(subjectsIn) })
}

function wantedOf(told: Notification, { states }: VoteSource): VoteNotification | undefined {
  for (const state of states()) if (state.chain === told.chain) return voteNow(told, state)
  return undefined
}

function isSilenced(wanted: Notification, { votes, store, now }: EditOptions): boolean {
  const at = now()
  const routing = votes.route(wanted, { at, silences: store.silences(at) })
  return 'silencedBy' in routing
}
