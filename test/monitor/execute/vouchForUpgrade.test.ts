import { lastValueFrom, NEVER } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import { vouchForUpgrade } from '../../../src/monitor/execute/vouchForUpgrade.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { nodeThat } from '../../sources/agreement/nodesGiven.js'
import { block } from '../../support/builders.js'
import { due, standing } from './vouchedWritesGiven.js'

const rpc = { urls: [], timeout: 1, batchSize: 1, headers: {}, maxLogRange: 1 }
// The upgrade is not awaited any more, so the first round settles it.
const over: ChainState = { ...standing, upgrades: new Map() }

function vouched(answers: readonly Head[], agreement: number, latest: ChainState = over) {
  let asked = 0
  const nodes = answers.map((answer, index) => ({
    ...nodeThat({
      host: `${'abc'.charAt(index)}:1`,
      says: () => {
        asked += 1
        return undefined
      },
    }),
    readBlock: () => Promise.resolve(answer),
  }))
  const vouch = vouchForUpgrade(
    { rpc: { ...rpc, agreement } },
    { witnesses: [], nodes, planOf: () => undefined, limitMs: 120_000 },
  )
  const answer$ = vouch(due, 100n, standing, () => latest, NEVER)
  return lastValueFrom(answer$, { defaultValue: undefined }).then((answer) => ({ answer, asked }))
}

describe('the block that makes an upgrade due', () => {
  it.each<[string, readonly Head[], number, string]>([
    ['must have the requested height', [block(99)], 1, 'a:1 gives block 99 for block 100.'],
    [
      'must have a timestamp between those of its neighbours',
      [block(100, { timestamp: 1n })],
      1,
      'does not fit the blocks around it.',
    ],
    [
      'must be the same at as many nodes as must agree',
      [block(100), block(100, { hash: '0xf' })],
      2,
      'At most 1 of 2 nodes',
    ],
  ])('%s', async (_, answers, agreement, words) => {
    expect((await vouched(answers, agreement)).answer?.doubt).toContain(words)
    expect((await vouched([block(100), block(100)], agreement)).answer).toStrictEqual({
      by: { block: agreement === 1 ? ['a:1'] : ['a:1', 'b:1'] },
    })
  })

  it('is confirmed together with the plan only if the reading lags, and not after a doubt', async () => {
    const lagging: ChainState = { ...over, health: { ...over.health, lagging: true } }
    expect(await vouched([block(100)], 1, lagging)).toMatchObject({ asked: 1, answer: { by: { plan: [] } } })
    expect((await vouched([block(100)], 1)).asked).toBe(0)
    expect((await vouched([block(99)], 1, lagging)).asked).toBe(0)
  })
})

describe('the plan of a due upgrade', () => {
  it('is asked for at the block of its proposal, because not every node searches its history', async () => {
    const asked: (bigint | undefined)[] = []
    const witness: GovernanceReader = {
      ...nodeThat({ host: 'a:1' }),
      readProposal: (_contract, _id, _signal, near) => {
        asked.push(near)
        return Promise.resolve(undefined)
      },
    }
    const submitted = [...standing.proposals].map(
      ([key, proposal]) => [key, { ...proposal, origin: { block: 42n, hash: '0x2a', index: 0 } }] as const,
    )
    const vouch = vouchForUpgrade(
      { rpc: { ...rpc, agreement: 1 } },
      { witnesses: [witness], nodes: [], planOf: () => undefined, limitMs: 120_000 },
    )
    const start: ChainState = { ...standing, proposals: new Map(submitted) }
    const answer = await lastValueFrom(
      vouch(due, 100n, start, () => start, NEVER),
      { defaultValue: undefined },
    )
    expect([asked, answer?.doubt === undefined]).toStrictEqual([[42n], false])
  })
})
