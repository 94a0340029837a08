import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import type { Health } from '../../src/domain/health.js'
import { createLatestStates } from '../../src/monitor/latestStates.js'
import { silentLog } from '../../src/monitor/monitorLog.js'
import { viewsOf } from '../../src/monitor/viewsOf.js'
import { newChain } from '../../src/domain/newChain.js'
import { state, turn } from '../support/storeGiven.js'

const containing = (text: string): unknown => expect.stringContaining(text)

const since = Date.UTC(2026, 10, 28, 7)

function given() {
  const states = createLatestStates(':memory:', () => ['one', 'two'], silentLog)
  const turn$ = new Subject<Turn>()
  const views = viewsOf(turn$, states)
  const told: Health[] = []
  views.health$.subscribe((health) => told.push(health))
  const poll = (chain: string, over: Partial<Health> = {}): void => {
    const next = turn({ state: state({ chain, health: { ...newChain(chain, 0).health, state: 'up', ...over } }) })
    states.keep(next.state)
    turn$.next(next)
  }
  const inShort = (): readonly string[] => told.splice(0).map((health) => `${health.chain} ${health.state}`)
  return { states, views, turn$, poll, told, inShort }
}

describe('the health of chains whose state cannot be written', () => {
  it('is emitted at once, with each poll until it can be written, and then again', () => {
    const { states, views, poll, inShort } = given()
    poll('one')
    poll('two')
    expect(inShort()).toStrictEqual(['one up', 'two up'])

    states.setUnwritable(since)
    expect(inShort()).toStrictEqual(['one stalled', 'two stalled'])
    poll('one')
    expect(inShort()).toStrictEqual(['one stalled'])
    expect(views.snapshot().health).toMatchObject([
      { chain: 'one', state: 'stalled', since, problem: containing('2026-11-28T07:00:00') },
      { chain: 'two', state: 'stalled' },
    ])

    states.setUnwritable(undefined)
    expect(inShort()).toStrictEqual(['one up', 'two up'])
  })

  it('includes the problem of a chain that is also down', () => {
    const { states, poll, told } = given()
    poll('one', { state: 'down', since: 5, problem: 'Nothing answers.' })
    states.setUnwritable(since)
    expect(told.at(-1)).toMatchObject({ state: 'down', since: 5 })
    expect(told.at(-1)?.problem).toMatch(/cannot be written since .* until that ends\. Nothing answers\.$/)
  })

  it('completes with the turns', () => {
    const { states, turn$, inShort } = given()
    turn$.complete()
    states.setUnwritable(since)
    expect(inShort()).toStrictEqual([])
  })
})
