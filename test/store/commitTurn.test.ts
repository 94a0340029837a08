import type { Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { commitTurn } from '../../src/store/commitTurn.js'
import { marbles } from '../support/marbles.js'
import { state, turn } from '../support/storeGiven.js'

type Answer = Observable<void> | Error | undefined

/** Commits a turn to a store that answers its attempts in turn; an error is thrown. */
function committing(...answers: readonly Answer[]): ReturnType<typeof commitTurn> {
  const left = [...answers]
  return commitTurn(
    {
      commit: () => {
        const answer$ = left.shift()
        if (answer$ instanceof Error) throw answer$
        return answer$
      },
    },
    turn({ state: state() }),
    () => [],
  )
}

const nothing = { a: undefined }
const locked = new StoreError('The state file is locked.', { kind: 'transient' })
const damaged = new StoreError('The state file is damaged.')

describe('commitTurn', () => {
  it('returns undefined for a turn that is durable at once', () => {
    expect(committing(undefined)).toBeUndefined()
  })

  it(
    'completes when a store that takes its time has written the turn, and emits nothing',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const writing$ = cold('--a|', nothing)
      expectObservable(committing(writing$)!).toBe('---|')
      expectSubscriptions(writing$.subscriptions).toBe('^--!')
    }),
  )

  it(
    'tries again every half second while the state cannot be written',
    marbles(({ expectObservable }) => {
      expectObservable(committing(locked, locked, undefined)!).toBe('1s |')
    }),
  )

  it(
    'tries again as well if a store finds that out later',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const refused$ = cold('--#', nothing, locked)
      const written$ = cold('-|', nothing)
      expectObservable(committing(refused$, written$)!).toBe('503ms |')
      expectSubscriptions(refused$.subscriptions).toBe('^-!')
      expectSubscriptions(written$.subscriptions).toBe('502ms ^!')
    }),
  )

  it(
    'errors with any other failure',
    marbles(({ expectObservable }) => {
      expectObservable(committing(damaged)!).toBe('#', undefined, damaged)
    }),
  )
})
