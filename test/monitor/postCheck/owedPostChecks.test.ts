import { EMPTY, lastValueFrom, merge, Subject, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../../src/domain/chainState.js'
import { owedPostChecks } from '../../../src/monitor/postCheck/owedPostChecks.js'
import { at as blockAt, queueing, state, turn, upgrade } from '../../support/storeGiven.js'

const owing = (id: string) => upgrade(id, { status: 'in_progress', postCheck: { since: 1, owed: true } })
const turnOf = (upgrades: readonly ReturnType<typeof upgrade>[], parts: Partial<Turn> = {}): Turn =>
  turn({ state: state({ head: blockAt(1_010n), upgrades: queueing(...upgrades) }), ...parts })

const { head: _head, ...headless } = state({ upgrades: queueing(owing('1')) })

describe('due post-checks', () => {
  it('run two at a time, each once even if two turns request it, and are aborted with their subscription', async () => {
    const begun: string[] = []
    const aborted: string[] = []
    const started$ = new Subject<string>()
    const look = owedPostChecks(
      ({ name }, _head, signal) =>
        new Promise(() => {
          begun.push(name)
          signal.addEventListener('abort', () => aborted.push(name))
          started$.next(name)
        }),
    )
    const one = turnOf([owing('1')])
    const three = turnOf([owing('1'), owing('2'), owing('3')])
    const both = lastValueFrom(started$.pipe(take(2)), { defaultValue: '' })
    const looks = merge(look(one) ?? EMPTY, look(three) ?? EMPTY).subscribe()
    await both
    looks.unsubscribe()
    expect({ begun: begun.sort(), aborted: aborted.sort() }).toStrictEqual({
      begun: ['v1', 'v2'],
      aborted: ['v1', 'v2'],
    })
  })

  it.each<[string, Turn, readonly string[]]>([
    ['after a reading', turnOf([owing('1'), upgrade('2')]), ['v1']],
    ['after a failed poll: the node may have stopped', turnOf([owing('1')], { cause: 'failure' }), ['v1']],
    ['not after an answer of the writer', turnOf([owing('1')], { cause: 'write' }), []],
    ['not for a chain without a known head', turn({ state: headless }), []],
  ])('run %s', async (_, given, expected) => {
    const look = owedPostChecks(() => Promise.resolve({ checks: [], checkedAt: 5 }))
    const answers = await lastValueFrom((look(given) ?? EMPTY).pipe(toArray()), { defaultValue: [] })
    expect(answers).toStrictEqual(
      expected.map((name) => ({
        result: 'postChecked',
        key: owing('1').key,
        plan: { name, height: owing('1').height },
        found: { checks: [], checkedAt: 5 },
      })),
    )
  })
})
