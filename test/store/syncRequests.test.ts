import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { temporaryDirectory } from '../support/storeGiven.js'

describe('sync requests', () => {
  it('pass a request to the process with the claim, and its answer back', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const [asking, serving] = [openStore({ path }), openStore({ path })]
    const [good, bad] = [asking.requestSync(1_000), asking.requestSync(1_001)]

    expect(serving.pendingSyncs()).toStrictEqual([good, bad])
    expect(asking.syncResult(good)).toBeUndefined()

    serving.finishSync(good)
    serving.finishSync(bad, 'The chain local does not answer.')
    expect(serving.pendingSyncs()).toStrictEqual([])
    expect(asking.syncResult(good)).toStrictEqual({ ok: true })
    expect(asking.syncResult(bad)).toStrictEqual({ ok: false, problem: 'The chain local does not answer.' })
  })

  it('are dropped after a hundred others, with an answer that says so', () => {
    const store = openStore({ path: ':memory:' })
    const old = store.requestSync(0)
    for (let more = 0; more < 100; more += 1) store.requestSync(more)

    expect(store.pendingSyncs()).toHaveLength(100)
    expect(store.syncResult(old)).toStrictEqual({
      ok: false,
      problem: `The sync request ${old} is not in the state file any more: ask again.`,
    })
  })
})
