import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { nothingHeard, quorum, type Vote } from '../../../src/sources/agreement/quorum.js'

const yes = (value = '', host?: string): Vote => ({ type: 'yes', value, host })
const no = (reason: string): Vote => ({ type: 'no', reason })
/** Never answers; rejects when it is aborted, as a request does. */
const hangs =
  (cut: string[], name: string) =>
  (signal: AbortSignal): Promise<Vote> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        cut.push(name)
        reject(new Error('stopped'))
      })
    })

describe('quorum', () => {
  it.each<[string, number, readonly (Vote | Error)[], object]>([
    ['enough agree', 2, [yes(), yes(), no('Not here.')], { isAgreed: true, agreeing: 2 }],
    [
      'too few agree',
      3,
      [yes(), yes(), no('Not here.')],
      { isAgreed: false, agreeing: 2, reasons: ['Not here.'], failed: 0 },
    ],
    ['one fails', 2, [yes(), new Error('Down.')], { isAgreed: false, agreeing: 1, reasons: ['Down.'], failed: 1 }],
    ['they report different values', 2, [yes('a'), yes('b')], { isAgreed: false, agreeing: 1 }],
    ['two of three report the same', 2, [yes('a'), yes('b'), yes('a')], { isAgreed: true, agreeing: 2 }],
    [
      'two of three report the same, with their hosts',
      2,
      [yes('b', 'c'), yes('a', 'a'), yes('a', 'b')],
      { agreeing: 2, hosts: ['a', 'b'] },
    ],
    ['there are no nodes', 1, [], { isAgreed: false, agreeing: 0 }],
  ])('gives the right verdict if %s', async (_, needed, votes, expected) => {
    const ask = (vote: Vote | Error): Promise<Vote> =>
      vote instanceof Error ? Promise.reject(vote) : Promise.resolve(vote)
    expect(await lastValueFrom(quorum(votes, needed, ask).pipe(toArray()), { defaultValue: [] })).toMatchObject([
      expected,
    ])
  })

  it('lists hosts and reasons in the order of the nodes, whichever answers first', async () => {
    const voters = [no('First.'), yes('', 'b'), no('Third.'), yes('', 'd')]
    const late = async (vote: Vote): Promise<Vote> => {
      for (let turn = voters.indexOf(vote); turn < voters.length; turn += 1) await Promise.resolve()
      return vote
    }
    expect(await firstValueFrom(quorum(voters, 3, late), { defaultValue: nothingHeard })).toMatchObject({
      hosts: ['b', 'd'],
      reasons: ['First.', 'Third.'],
    })
  })

  it('settles as soon as enough agree, and aborts the requests that are left', async () => {
    const cut: string[] = []
    const voters = [() => Promise.resolve(yes()), hangs(cut, 'slow'), () => Promise.resolve(yes())]
    expect(
      await firstValueFrom(
        quorum(voters, 2, (voter, signal) => voter(signal)),
        { defaultValue: nothingHeard },
      ),
    ).toMatchObject({ isAgreed: true })
    expect(cut).toStrictEqual(['slow'])
  })

  it('settles as soon as agreement is impossible', async () => {
    const cut: string[] = []
    const voters = [() => Promise.resolve(no('Not here.')), hangs(cut, 'slow'), hangs(cut, 'slower')]
    expect(
      await firstValueFrom(
        quorum(voters, 3, (voter, signal) => voter(signal)),
        { defaultValue: nothingHeard },
      ),
    ).toMatchObject({ isAgreed: false, agreeing: 2, reasons: ['Not here.'] })
    expect(cut).toStrictEqual(['slow', 'slower'])
  })

  it('aborts all requests when it is unsubscribed from', () => {
    const cut: string[] = []
    const subscription = quorum([hangs(cut, 'a'), hangs(cut, 'b')], 1, (voter, signal) => voter(signal)).subscribe()
    expect(cut).toStrictEqual([])
    subscription.unsubscribe()
    expect(cut).toStrictEqual(['a', 'b'])
  })
})
