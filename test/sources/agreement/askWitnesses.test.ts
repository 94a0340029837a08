import { VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { agreedBy, askWitnesses, hostsAgainst } from '../../../src/sources/agreement/askWitnesses.js'
import { contract, hashOf, proposal } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

const ours = proposal('7', { origin: { block: 42n, hash: hashOf(42n), index: 0 } })

describe('nodes that are asked about a proposal', () => {
  it('are each asked for its contract and id, near the block it was submitted in', async () => {
    const asked: unknown[] = []
    const witness = {
      ...nodeThat({ host: 'a:1' }),
      readProposal: (...[of, id, , near]: readonly unknown[]) => {
        asked.push([of, id, near])
        return Promise.resolve(ours)
      },
    }
    const heard = await askWitnesses([witness], ours, { isEnough: () => false })
    expect(heard).toStrictEqual([{ host: 'a:1', proposal: ours }])
    expect(asked).toStrictEqual([[contract, '7', 42n]])
  })

  it('have failed if they fail or do not answer for three seconds, and do not know it if they say so', async () => {
    const scheduler = new VirtualTimeScheduler()
    const witnesses = [
      nodeThat({ host: 'hangs:1', says: () => new Promise(() => undefined) }),
      nodeThat({ host: 'fails:2', says: fails }),
      nodeThat({ host: 'none:3' }),
    ]
    const heard = askWitnesses(witnesses, ours, { isEnough: () => false, scheduler })
    await new Promise((resolve) => setImmediate(resolve))
    scheduler.flush()
    expect(scheduler.now()).toBe(3_000)
    expect((await heard).toSorted((a, b) => (a.host < b.host ? -1 : 1))).toStrictEqual([
      { host: 'fails:2', hasFailed: true },
      { host: 'hangs:1', hasFailed: true },
      { host: 'none:3' },
    ])
  })

  it('agree if enough report the same, and one that does not know it contradicts nobody', () => {
    const other = { ...ours, title: 'Other' }
    const told = [
      { host: 'a', proposal: other },
      { host: 'b', proposal: ours },
      { host: 'c', proposal: ours },
      { host: 'd' },
    ]
    const words = ({ title }: { readonly title: string }): string => title
    expect(agreedBy(told, 2, words)).toBe(ours)
    expect(agreedBy(told, 3, words)).toBeUndefined()
    expect(hostsAgainst(told, ours, words)).toStrictEqual(['a'])
  })
})
