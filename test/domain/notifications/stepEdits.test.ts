import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  editEveryMs,
  type EditQueue,
  judgeEdit,
  type LivingPost,
  nextEdit,
  stepEdits,
} from '../../../src/domain/notifications/stepEdits.js'
import { voteNow, type VoteNotification, voteText } from '../../../src/domain/notifications/voteNow.js'
import { announceProposal } from '../../../src/domain/notifications/announceProposal.js'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { at, holding, notification, proposal, state } from '../../support/storeGiven.js'

const voted = (yes: bigint) => proposal('1', { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } })
const subject = keyOf(voted(0n))
const [{ notification: told } = { notification: notification('1') }] = announceProposal(['voting_started'], voted(0n), {
  at: 10n,
  time: 20n,
})
/** The notification of the vote with so many votes for it. */
function wanted(yes: bigint): VoteNotification {
  const now = voteNow(told, state({ proposals: holding(voted(yes)), head: at(11n) }))
  if (now === undefined) throw new Error('the vote goes on')
  return now
}
const post = (over: Partial<LivingPost> = {}): LivingPost => ({
  told,
  posted: { ts: '1' },
  at: 0,
  isRefused: false,
  isAwaited: false,
  ...over,
})
const judged = (given: Partial<LivingPost> | undefined, yes: bigint | undefined, now = 100_000, isSilenced = false) => {
  const { edit, ...more } = judgeEdit(
    given === undefined ? undefined : post(given),
    yes === undefined ? undefined : wanted(yes),
    { now, isSilenced: () => isSilenced },
  )
  return edit || ('until' in more ? more.until : false)
}

describe('a message of a vote', () => {
  it('is edited if it shows another tally than the current one', () => {
    expect(judged({}, 5n)).toBe(true)
    expect(judged({}, 0n)).toBe(false)
    expect(judged({ shown: voteText(wanted(5n).data) }, 5n)).toBe(false)
    expect(judged({ shown: voteText(wanted(5n).data) }, 0n)).toBe(true)
  })

  it('is not edited if nothing is posted, the vote is over, or the service refused', () => {
    expect([judged(undefined, 5n), judged({}, undefined), judged({ isRefused: true }, 5n)]).toStrictEqual([
      false,
      false,
      false,
    ])
  })

  it('waits a minute after a post or an edit, however the host clock is set', () => {
    expect(judged({ at: 90_000 }, 5n)).toBe(150_000)
    expect(judged({ at: 110_000 }, 5n)).toBe(160_000)
    expect(judged({ at: 9_000_000 }, 5n)).toBe(true)
  })

  it('waits while another notification of it is pending, or a silence applies', () => {
    expect(judged({ isAwaited: true }, 5n)).toBe(160_000)
    expect(judged({}, 5n, 100_000, true)).toBe(160_000)
  })

  it('is edited if another version wrote its notification', () => {
    const { data: _, ...rest } = told
    const foreign = notification('1', { ...rest, event: 'voting_started', data: { tally: {} } })
    expect(judged({ told: foreign }, 5n)).toBe(true)
  })
})

describe('waiting edits', () => {
  const queued = (...subjects: readonly string[]): EditQueue => stepEdits(new Map(), { type: 'moved', subjects })

  it('are made in the order in which they became due', () => {
    const later = stepEdits(queued('a', 'b'), { type: 'postponed', subject: 'a', until: 5 })
    expect(nextEdit(later)).toMatchObject({ subject: 'b' })
    expect(nextEdit(stepEdits(later, { type: 'begun', subject: 'b' }))).toStrictEqual({
      subject: 'a',
      from: 5,
      failures: 0,
    })
    expect(nextEdit(new Map())).toBeUndefined()
  })

  it('keep their time if the vote moves again', () => {
    const failed = stepEdits(queued('a'), { type: 'postponed', subject: 'a', until: 5, failures: 2 })
    expect(stepEdits(failed, { type: 'moved', subjects: ['a'] })).toStrictEqual(failed)
  })
})

type Happening =
  | { readonly type: 'vote'; readonly yes: number; readonly after: number }
  | { readonly type: 'wait' | 'told' | 'restart' | 'crash' | 'fail'; readonly after: number }

const after = fc.integer({ min: 0, max: 200_000 })
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('vote' as const), yes: fc.integer({ min: 0, max: 3 }), after }),
  fc.record({ type: fc.constantFrom('wait', 'told', 'restart', 'crash', 'fail'), after }),
)

/** A service with one message, and a model of the program that keeps it up to date. */
function runOf(happenings: readonly Happening[]) {
  let now = 1_000_000
  let yes = 0
  let stored = post({ at: now })
  let shown = voteText(wanted(0n).data)
  let queue: EditQueue = new Map()
  let fate: 'ok' | 'crash' | 'fail' = 'ok'
  const edits: number[] = []
  const moved = (): void => {
    queue = stepEdits(queue, { type: 'moved', subjects: [subject] })
  }
  const restart = (): void => {
    queue = new Map()
    moved()
  }
  const work = (): void => {
    const next = nextEdit(queue)
    if (next === undefined || next.from > now) return
    queue = stepEdits(queue, { type: 'begun', subject })
    const verdict = judgeEdit(stored, wanted(BigInt(yes)), { now, isSilenced: () => false })
    if (!verdict.edit) {
      if (verdict.until !== undefined) queue = stepEdits(queue, { type: 'postponed', subject, until: verdict.until })
      return
    }
    stored = { ...stored, at: now, shown: '' }
    edits.push(now)
    const is = fate
    fate = 'ok'
    if (is === 'fail') {
      queue = stepEdits(queue, { type: 'postponed', subject, until: now + editEveryMs, failures: 1 })
      return
    }
    shown = verdict.shown
    if (is === 'crash') restart()
    else stored = { ...stored, shown }
  }
  const pass = (ms: number): void => {
    for (const end = now + ms; now < end; now = Math.min(end, now + 5_000)) work()
    work()
  }
  for (const one of happenings) {
    pass(one.after)
    if (one.type === 'vote') {
      yes = one.yes
      moved()
    } else if (one.type === 'told') {
      shown = voteText(wanted(BigInt(yes)).data)
      stored = { ...stored, shown, at: now }
      moved()
    } else if (one.type === 'restart') restart()
    else if (one.type !== 'wait') fate = one.type
  }
  fate = 'ok'
  pass(5 * editEveryMs)
  return { edits, shown, last: voteText(wanted(BigInt(yes)).data) }
}

describe('in any order of votes, failures and restarts', () => {
  it('no message is edited twice within a minute, and in the end it shows the current tally', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        const { edits, shown, last } = runOf(happenings)
        expect(shown).toBe(last)
        const gaps = edits.slice(1).map((time, at) => time - (edits[at] ?? 0))
        expect(gaps.filter((gap) => gap < editEveryMs)).toStrictEqual([])
      }),
    )
  })

  it('nothing is edited if the message is up to date', () => {
    expect(
      runOf([
        { type: 'restart', after: 90_000 },
        { type: 'restart', after: 90_000 },
      ]).edits,
    ).toStrictEqual([])
    const { edits } = runOf([
      { type: 'vote', yes: 2, after: 0 },
      { type: 'restart', after: 90_000 },
    ])
    expect(edits).toHaveLength(1)
  })
})
