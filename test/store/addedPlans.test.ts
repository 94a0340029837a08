import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import type { AddedPlan } from '../../src/store/PlanStore.js'
import { state, temporaryDirectory, turn } from '../support/storeGiven.js'

const own = (name: string, parts: Partial<AddedPlan> = {}): AddedPlan => ({
  chain: 'local',
  plan: { name, height: 100 + Number(name.slice(1)), info: { binaries: { any: 'https://x.example/b' } } },
  added: { by: 'ops@box', at: 1_000 },
  ...parts,
})

describe('plans of the operator in the state', () => {
  it('are stored unchanged, oldest first, for each chain', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const first = openStore({ path })
    first.addPlan(own('v3'))
    first.addPlan(own('v2', { labels: { team: 'core' } }))
    first.addPlan(own('v2', { chain: 'other' }))
    first.close()

    const store = openStore({ path })
    expect(store.addedPlans('local')).toStrictEqual([own('v3'), own('v2', { labels: { team: 'core' } })])
    expect(store.addedPlans()).toHaveLength(3)
    store.close()
  })

  it('are visible after a second to a process that already has the file open, and at once after outdate', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const clock = { now: 1_000 }
    const [running, command] = [openStore({ path, now: () => clock.now }), openStore({ path })]
    running.claim(1_000)
    expect(running.addedPlans('local')).toStrictEqual([])
    command.addPlan(own('v2'))
    clock.now += 1_000
    expect(running.addedPlans('local')).toStrictEqual([own('v2')])
    command.removePlan('local', 'v2', { by: 'ann@box', at: 2_000 })
    running.outdate?.()
    expect(running.addedPlans('local')).toStrictEqual([])
    command.close()
    running.close()
  })

  it('are visible at once after version has returned another number', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const command = openStore({ path })
    const reader = openStore({ path, readOnly: true, now: () => 1_000 })
    const before = reader.version()
    expect(reader.addedPlans('local')).toStrictEqual([])
    command.addPlan(own('v2'))
    expect(reader.version()).not.toBe(before)
    expect(reader.addedPlans('local')).toStrictEqual([own('v2')])
    reader.close()
    command.close()
  })

  it('are unique by name and by height, and limited to a hundred', () => {
    const store = openStore({ path: ':memory:' })
    for (let n = 0; n < 100; n += 1) store.addPlan(own(`v${n}`))
    expect(() => store.addPlan(own('v1'))).toThrow(/has a plan named v1 already/)
    expect(() => store.addPlan({ ...own('v100'), plan: { name: 'v100', height: 142 } })).toThrow(
      /has a plan for height 142 already: take it back first, with "govstream plan remove v42 --chain local"/,
    )
    expect(() => store.addPlan(own('v100'))).toThrow(/There are 100 plans already/)
    expect(store.addedPlans()).toHaveLength(100)
  })

  it('are removed with their forgotten upgrade, in the same commit', () => {
    const store = openStore({ path: ':memory:' })
    store.addPlan(own('v2'))
    store.addPlan(own('v3'))
    store.commit(turn({ state: state(), forgotten: ['local/plan/v2', 'local/0xc0ffee/v3'] }), () => [])
    expect(store.addedPlans('local')).toStrictEqual([own('v3')])
  })

  it('are recorded in the audit trail with who added and removed them', () => {
    const store = openStore({ path: ':memory:' })
    store.addPlan(own('v2'))
    expect(store.removePlan('local', 'v2', { by: 'ann@box', at: 2_000 })).toStrictEqual(own('v2'))
    expect(store.removePlan('local', 'v2', { by: 'ann@box', at: 3_000 })).toBeUndefined()
    const detail = { key: 'local/plan/v2', ...own('v2').plan }
    expect(store.audit({}).map(({ seq: _seq, ...entry }) => entry)).toStrictEqual([
      { at: 2_000, chain: 'local', kind: 'plan', detail: { ...detail, done: 'removed', by: 'ann@box' } },
      { at: 1_000, chain: 'local', kind: 'plan', detail: { ...detail, done: 'added', by: 'ops@box' } },
    ])
  })
})
