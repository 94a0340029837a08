import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { block, queued } from '../../support/builders.js'
import { due, given, passed, standing, type Node, unused } from './vouchedWritesGiven.js'

describe('a plan that is cancelled while the nodes are asked', () => {
  it('is held, not reported as a failed write', async () => {
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

describe('while the node that was read lags behind the known head', () => {
  const lagging: ChainState = { ...standing, health: { ...standing.health, lagging: true } }
  const canceled = (): Promise<Proposal> => Promise.resolve({ ...passed, status: 'canceled' })

  it.each<[string, readonly Node[], WriteOutcome['result']]>([
    ['reports it as cancelled', [{ proposal: canceled }], 'failed'],
    ['still has the plan', [{}], 'written'],
  ])('the plan is confirmed with the nodes, one of which must agree: a node %s', async (_what, nodes, result) => {
    const asking = given(nodes, 1)
    asking.becomes(lagging)
    expect(await asking.done()).toStrictEqual([result])
    expect(asking.isWritten()).toBe(result === 'written')
  })

  it.each<[string, readonly Node[]]>([
    ['reports it as cancelled, and the other is down', [{ proposal: canceled }, { proposal: unused, block: unused }]],
    ['does not answer', [{ proposal: unused }]],
  ])('nothing is written if a node %s for three seconds', async (_what, nodes) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const asking = given(nodes, 1, { isVirtual: false })
    asking.becomes(lagging)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await asking.done()).toStrictEqual(['failed'])
    expect(asking.isWritten()).toBe(false)
  })

  it('the plan is confirmed only once the block exists', async () => {
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

  it('lasts until the next block: after that no node is asked for the plan', async () => {
    const asking = given([{ proposal: unused }], 1)
    expect(await asking.done()).toStrictEqual(['written'])
  })
})
