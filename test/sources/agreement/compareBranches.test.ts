import { describe, expect, it } from 'vitest'
import { compareBranches } from '../../../src/sources/agreement/compareBranches.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { block, reading, upgrade } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

const { signal } = new AbortController()

/** A node that has another block per letter at every height, and fails at `-`: one letter per look. */
function nodeWith(host: string, looks: string): Pick<GovernanceReader, 'readBlock' | 'host'> {
  let look = 0
  return {
    host,
    readBlock(height) {
      const hash = looks.charAt(look++)
      return hash === '-' ? fails() : Promise.resolve(block(Number(height), { hash: `0x${hash}` }))
    },
  }
}

describe('nodes on different branches', () => {
  it.each([
    ['aaa', 'bbb', undefined],
    ['aaa', 'b-b', undefined],
    ['aaa', 'b-b', 'aaa'],
    ['aaa', '-bb', 'aaa'],
  ])('are told although one fails at a look: %j, %j, %j', async (a, b, c) => {
    const nodes = [a, b, ...(c === undefined ? [] : [c])].map((looks, at) => nodeWith('abc'.charAt(at), looks))
    let time = 0
    const known = () => ({ proposals: new Map(), upgrades: new Map() })
    const reader = compareBranches(nodeThat({ reports: () => reading(10) }), {
      nodes,
      known,
      leadBlocks: 0,
      now: () => time,
    })
    const told: (bigint | undefined)[] = []
    for (const seconds of [300, 60, 60]) {
      time += seconds * 1000
      told.push((await reader.read({ open: [], signal })).split?.height)
    }
    expect(told).toStrictEqual([undefined, undefined, 10n])
  })

  it.each([
    [10, 0],
    [12, 2],
  ])(
    'are not looked for while the file of an upgrade at height %i, %i blocks ahead, is due at block 10',
    async (height, leadBlocks) => {
      let asked = 0
      const node = {
        readBlock: () => {
          asked += 1
          return Promise.resolve(undefined)
        },
      }
      const waiting = upgrade('1', 'v2', height, { status: 'scheduled' })
      const known = () => ({ proposals: new Map(), upgrades: new Map([[waiting.key, waiting]]) })
      let time = 0
      const reader = compareBranches(nodeThat({ reports: () => reading(10) }), {
        nodes: [node, node],
        known,
        leadBlocks,
        now: () => time,
      })
      time = 300_000
      await reader.read({ open: [], signal })
      expect(asked).toBe(0)
    },
  )
})
