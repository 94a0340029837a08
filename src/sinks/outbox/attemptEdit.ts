import { concat, concatMap, defer, EMPTY, type Observable, of } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { DeliveryError } from '../../domain/errors.js'
import { editEveryMs, type LivingPost } from '../../domain/notifications/stepEdits.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { longestPostponementMs } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { plainReason } from './attemptDelivery.js'
import { backOff } from './backOff.js'
import { concealInfo } from './concealInfo.js'
import type { OutboxLane, OutboxOptions, VoteSource } from './OutboxOptions.js'
import { type Outcome, tryHandler } from './tryHandler.js'

/** One edit to be made. */
export interface DueEdit {
  /** Name of the handler. */
  readonly handler: string
  readonly subject: string
  /** Number of consecutive failed attempts before it. */
  readonly failures: number
  readonly post: LivingPost
  readonly wanted: Notification
  /** The state that the message shows after the edit. */
  readonly shown: string
}

export interface EditOptions extends OutboxOptions {
  readonly votes: VoteSource
}

/**
 * Lets a handler edit one message once. Emits the time of the next attempt in Unix milliseconds, if there is to be one.
 * The start of the edit and its result are recorded, so that after a crash in between the next edit follows a minute
 * later. Errors only with a `StoreError`.
 */
export function attemptEdit(due: DueEdit, lane: OutboxLane, options: EditOptions): Observable<number> {
  const { handler, subject, post, wanted } = due
  const { store, now, scheduler, conceal } = options
  const { timeoutMs, pacer } = lane
  const notification = conceal === undefined ? wanted : concealInfo(wanted, conceal)
  return concat(
    defer(() => {
      store.noteEdit(handler, subject, { at: now(), shown: unknown })
      pacer?.begin(now())
      return EMPTY
    }).pipe(retryWhileUnwritable(scheduler)),
    tryHandler((signal) => lane.handler.edit?.(notification, { signal, posted: post.posted, subject }), {
      handler,
      timeoutMs,
      ...defined({ pacer, scheduler }),
    }).pipe(
      concatMap((outcome) => defer(() => of(settle(due, outcome, options))).pipe(retryWhileUnwritable(scheduler))),
      concatMap((retryAt) => (retryAt === undefined ? EMPTY : of(retryAt))),
    ),
  )
}

// Recorded until the service has answered, because what the message shows is unknown. It equals no state of a vote.
const unknown = ''

/** Records the result of an edit and returns when to try it again. */
function settle({ handler, subject, failures, shown }: DueEdit, outcome: Outcome, options: EditOptions) {
  const { store, now, random, votes, conceal = (text: string) => text } = options
  if (outcome.ok) {
    store.noteEdit(handler, subject, { shown, ...defined({ posted: outcome.posted }) })
    return undefined
  }
  const { cause } = outcome
  const known = cause instanceof DeliveryError ? cause : undefined
  const isRefused = known?.kind === 'permanent'
  const wish = Math.min(longestPostponementMs, known?.retryAfterMs ?? 0)
  if (isRefused) store.noteEdit(handler, subject, { isRefused })
  else if (wish > 0) store.pause(handler, now() + wish)
  if (isRefused || failures === 0)
    votes.onFailure?.({ handler, subject, isRefused, reason: plainReason(cause, conceal) })
  return isRefused ? undefined : now() + Math.max(editEveryMs, wish, backOff(failures, random))
}
