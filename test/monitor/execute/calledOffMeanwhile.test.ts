import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { block, queued } from '../../support/builders.js'
import { due, given, passed, standing, type Node, unused } from './vouchedWritesGiven.js'

describe('a plan that is called off while the nodes are asked', () => {
  it('is not told as one that could not be written: nobody wants it any more', async () => {
    let isAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    let answer = (): void => undefined
    const asking = given(
      [
        {
          block: () => {
            isAsked()
            return new Promise((resolve) => (answer = () => resolve(undefined)))
          },
        },
      ],
      1,
    )
    await asked
    asking.becomes({ proposals: new Map(), upgrades: queued({ ...due, status: 'cancelled' }) })
    answer()
    expect(await asking.done()).toStrictEqual(['held'])
  })
})

describe('while the node that answers stands below the head that was read', () => {
  const lagging: ChainState = { ...standing, health: { ...standing.health, lagging: true } }
  const canceled = (): Promise<Proposal> => Promise.resolve({ ...passed, status: 'canceled' })

  it.each<[string, readonly Node[], WriteOutcome['result']]>([
    ['tells that the plan was called off', [{ proposal: canceled }], 'failed'],
    ['tells so, and the other is away', [{ proposal: canceled }, { proposal: unused, block: unused }], 'failed'],
    ['does not answer', [{ proposal: unused }], 'failed'],
    ['still has the plan', [{}], 'written'],
  ])('the plan is asked for once more, where one node is enough: it %s', async (_what, nodes, result) => {
    const asking = given(nodes, 1)
    asking.becomes(lagging)
    expect(await asking.done()).toStrictEqual([result])
    expect(asking.isWritten()).toBe(result === 'written')
  })

  it('the plan is asked for when the block is there, not before', async () => {
    let isThere = (_head: Head): void => undefined
    let isOff = false
    let isAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const node: Node = {
      proposal: () => (isOff ? canceled() : Promise.resolve(passed)),
      block: () => {
        isAsked()
        return new Promise((resolve) => (isThere = resolve))
      },
    }
    const asking = given([node], 1)
    asking.becomes(lagging)
    await asked
    isOff = true
    isThere(block(100))
    expect(await asking.done()).toStrictEqual(['failed'])
  })

  it('is over with the next block: then nobody is asked', async () => {
    const asking = given([{ proposal: unused }], 1)
    expect(await asking.done()).toStrictEqual(['written'])
  })
})
