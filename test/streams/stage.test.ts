import { concat, defer, delay, expand, filter, finalize, from, map, mergeMap, NEVER, of, pipe, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { StageError } from '../../src/domain/errors.js'
import { newChain } from '../../src/domain/newChain.js'
import { beginDraft, type Draft, eventOf } from '../../src/streams/draft.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { type Send, type Stage, stage, withLine } from '../../src/streams/stage.js'
import { failure, proposal, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const before = newChain('local', 0)
const drafts = {
  a: beginDraft(before, eventOf(reading(10, [proposal('1')]))),
  b: beginDraft(before, eventOf(reading(11))),
  x: beginDraft(before, eventOf(failure(12))),
  w: beginDraft(before, { type: 'wrote', outcome: { result: 'skipped', key: 'nobody' }, hostTime: 13_000 }),
}
const own = stagesOf()
const every = Object.entries<Stage>({ ...own, line: pipeStages(own) })

describe.each(every)('the stage %s', (_, each) => {
  it(
    'answers each draft at once with one',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const draft$ = hot('          -a-(bx)-w-|', letters<Draft>(drafts))
      const expected = '            -o-(oo)-o-|'
      const subscription = '        ^---------!'
      expectObservable(
        draft$.pipe(
          each,
          map(() => 'o'),
        ),
      ).toBe(expected)
      expectSubscriptions(draft$.subscriptions).toBe(subscription)
    }),
  )

  it(
    'emits nothing for an empty source, and ends, fails and unsubscribes with its source',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      expectObservable(cold<Draft>('----').pipe(each), '^--!').toBe('----')
      expectObservable(cold<Draft>('--|').pipe(each)).toBe('--|')
      expectObservable(
        cold('-a-#', letters<Draft>(drafts)).pipe(
          each,
          map(() => 'o'),
        ),
      ).toBe('-o-#')
      const draft$ = hot('-a-b', letters<Draft>(drafts))
      expectObservable(
        draft$.pipe(
          each,
          map(() => 'o'),
        ),
        '^-!',
      ).toBe('-o')
      expectSubscriptions(draft$.subscriptions).toBe('^-!')
    }),
  )
})

describe('a stage made from a pure function', () => {
  it('returns what the function returns, and passes its errors on', () => {
    const seen: Draft[] = []
    of(drafts.a)
      .pipe(stage('mine', (draft) => ({ ...draft, warnings: ['seen'] })))
      .subscribe((draft) => seen.push(draft))
    expect(seen).toStrictEqual([{ ...drafts.a, warnings: ['seen'] }])

    const broken = stage('mine', () => {
      throw new RangeError('Broken.')
    })
    expect(errorOf(broken)).toStrictEqual(new RangeError('Broken.'))
  })
})

describe('withLine', () => {
  const first = stage('first', (draft) => draft)
  const second = stage('second', (draft) => draft)

  it('gives the one answer to each draft, or nothing if a stage filters it out', () => {
    const keepsAPoll = filter<Draft>(({ event }) => event.type !== 'missed')
    expect(answersOf(pipe(first, keepsAPoll, second), [drafts.a, drafts.x, drafts.b])).toStrictEqual([
      drafts.a,
      undefined,
      drafts.b,
    ])
  })

  it('is subscribed once, for as long as it is used', () => {
    let [opened, closed] = [0, 0]
    const counted: Stage = (draft$) =>
      defer(() => {
        opened += 1
        return draft$.pipe(finalize(() => (closed += 1)))
      })
    expect(answersOf(pipe(first, counted), [drafts.a, drafts.b])).toHaveLength(2)
    expect([opened, closed]).toStrictEqual([1, 1])

    const use = withLine(counted, (send) => concat(of(send(drafts.a)), NEVER)).subscribe()
    expect([opened, closed]).toStrictEqual([2, 1])
    use.unsubscribe()
    expect([opened, closed]).toStrictEqual([2, 2])
  })

  it('fails if a draft is answered with two, and names the place', () => {
    const twice: Stage = mergeMap((draft) => of(draft, draft))
    expect(String(errorOf(pipe(first, twice, second)))).toContain(
      'StageError: The operator before second answered a draft with two.',
    )
    expect(String(errorOf(pipe(first, second, twice)))).toContain(
      'The operator after second answered a draft with two.',
    )
  })

  it('fails if an answer continues from another state or another chain', () => {
    const earlier = beginDraft(newChain('local', 0), eventOf(reading(9)))
    const elsewhere: Stage = map((draft) => ({ ...draft, state: { ...draft.state, chain: 'other' } }))
    for (const other of [map(() => earlier), map(() => drafts.b), elsewhere])
      expect(String(errorOf(pipe(first, other)))).toContain(
        'StageError: The operator after first answered a draft with another one, or with one of another chain.',
      )
    expect(errorsOf(map((draft) => ({ ...draft, due: [] })))).toStrictEqual([])
  })

  it('fails if the answers do not end', () => {
    expect(
      String(
        errorOf(
          pipe(
            first,
            expand((draft) => of(draft)),
          ),
        ),
      ),
    ).toContain('answered a draft with two.')
  })

  it('fails if a stage completes before the drafts do', () => {
    expect(String(errorOf(pipe(first, take(1), second)))).toContain('StageError: A stage has ended before the drafts')
  })

  it('passes the error of a stage on once', () => {
    const broken = stage('mine', () => {
      throw new RangeError('Broken.')
    })
    expect(errorOf(pipe(first, broken))).toStrictEqual(new RangeError('Broken.'))
  })

  it(
    'fails if an answer comes later, and names the place',
    marbles(({ expectObservable }) => {
      const used = (send: Send) => concat(of(send(drafts.a)), NEVER).pipe(map((draft) => draft ?? 'none'))
      expectObservable(withLine(pipe(first, delay(2), second), used)).toBe('n-#', { n: 'none' }, answeredLater)
    }),
  )
})

const answeredLater = new StageError(
  'The operator after second answered a draft later. A stage answers each draft at once, with one draft or with none; what wants time taps a view.',
)

function errorOf(stages: Stage): unknown {
  const errors = errorsOf(stages)
  expect(errors).toHaveLength(1)
  return errors[0]
}

function errorsOf(stages: Stage): readonly unknown[] {
  const errors: unknown[] = []
  withLine(stages, (send) => of(send(drafts.a))).subscribe({ error: (error: unknown) => errors.push(error) })
  return errors
}

function answersOf(stages: Stage, sent: readonly Draft[]): readonly (Draft | undefined)[] {
  const answers: (Draft | undefined)[] = []
  withLine(stages, (send) => from(sent).pipe(map(send))).subscribe((answer) => answers.push(answer))
  return answers
}
