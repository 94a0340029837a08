import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, notification, temporaryDirectory, turn } from '../support/storeGiven.js'

const handlers = ['log', 'pager'] as const
type Delivery = 'pending' | 'delivered' | 'dead'

/** What is expected of one notification. */
interface Told {
  readonly id: string
  readonly at: number
  readonly outbox: Map<string, Delivery>
}

interface Model {
  told: Told[]
  count: number
}

interface Real {
  store: EmbeddedStore
  readonly path: string
}

const isSettled = ({ outbox }: Told): boolean => ![...outbox.values()].includes('pending')
const item = (id: string, handler: string) => ({ notification: notification(id), handler, attempts: 0 })

/** A step applied to both. */
function step(text: string, work: (model: Model, real: Real) => void): fc.Command<Model, Real> {
  return { check: () => true, run: work, toString: () => text }
}

const wanted = fc.subarray([...handlers])
const which = fc.nat(20)
const handler = fc.constantFrom(...handlers)
const outcome = fc.constantFrom('delivered', 'postponed', 'dead')

const steps: fc.Arbitrary<fc.Command<Model, Real>>[] = [
  wanted.map((to) =>
    step(`tell ${to.join('+')}`, (model, { store }) => {
      const [id, at] = [String(model.count), model.count]
      model.count += 1
      model.told.push({ id, at, outbox: new Map(to.map((one) => [one, 'pending'])) })
      store.commit(turn({ announcements: [announcement(id)], time: at }), () => to)
    }),
  ),
  fc.tuple(which, handler, outcome).map(([place, to, result]) =>
    step(`${result} ${place} ${to}`, ({ told }, { store }) => {
      const one = told[place % Math.max(1, told.length)]
      if (one === undefined) return
      if (result === 'postponed') store.postpone(item(one.id, to), 5_000, { reason: 'away' })
      else if (result === 'delivered') store.delivered(item(one.id, to), 1)
      else store.bury(item(one.id, to), 1, { reason: 'refused' })
      if (result !== 'postponed' && one.outbox.get(to) === 'pending') one.outbox.set(to, result)
    }),
  ),
  which.map((place) =>
    step(`revive ${place}`, ({ told }, { store }) => {
      const one = told[place % Math.max(1, told.length)]
      if (one === undefined) return
      const dead = [...one.outbox].filter(([, state]) => state === 'dead')
      for (const [to] of dead) one.outbox.set(to, 'pending')
      // And waiting retries.
      expect(store.revive(one.id, 9)).toBeGreaterThanOrEqual(dead.length)
    }),
  ),
  fc.tuple(fc.nat(8), fc.nat(30)).map(([most, before]) =>
    step(`prune ${most} ${before}`, (model, { store }) => {
      const newest = new Set(model.told.slice(Math.max(0, model.told.length - most)))
      model.told = model.told.filter((one) => !isSettled(one) || (one.at >= before && newest.has(one)))
      store.prune({ maxNotifications: most, before })
    }),
  ),
  fc.constant(
    step('reopen', (_, real) => {
      real.store.close()
      real.store = openStore({ path: real.path })
    }),
  ),
]

describe('pruning', () => {
  it('drops settled notifications beyond a bound, and nothing undelivered, in any order of events', () => {
    using directory = temporaryDirectory()
    let run = 0
    fc.assert(
      fc.property(fc.commands(steps, { size: 'large', maxCommands: 40 }), (commands) => {
        run += 1
        const path = join(directory.path, `${run}.db`)
        const real: Real = { path, store: openStore({ path }) }
        const model: Model = { told: [], count: 0 }
        try {
          fc.modelRun(() => ({ model, real }), commands)
          const pending = model.told.flatMap(({ id, outbox }) =>
            [...outbox].flatMap(([to, state]) => (state === 'pending' ? [`${id} ${to}`] : [])),
          )
          const due = real.store.due(10_000, 1_000).map(({ notification: { id }, handler: to }) => `${id} ${to}`)
          expect(real.store.notificationIds()).toStrictEqual(model.told.map(({ id }) => id))
          expect(due.sort()).toStrictEqual(pending.sort())
        } finally {
          real.store.close()
        }
      }),
      { numRuns: 40 },
    )
  })
})
