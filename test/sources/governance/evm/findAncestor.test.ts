import { createPublicClient, custom, hexToBigInt, isHex, numberToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Cursor } from '../../../../src/sources/governance/evm/cursor.js'
import { findAncestor } from '../../../../src/sources/governance/evm/findAncestor.js'
import { block, hashOf } from '../../../support/builders.js'

const cursor: Cursor = {
  chainId: 1,
  contracts: [],
  at: block(30),
  head: block(30),
  checkpoints: [10n, 20n].map((number) => ({ number, hash: hashOf(number) })),
  window: 100n,
  initial: false,
  partial: false,
}
type Answer = 'same' | 'other' | 'none' | 'fails'

/** What a node answers for the blocks at which the reader has been. */
function ancestorWhere(answers: Readonly<Record<number, Answer>>, head = 40n): ReturnType<typeof findAncestor> {
  const request = (asked: unknown): Promise<unknown> => {
    const [hex] = z.object({ params: z.tuple([z.string(), z.boolean()]) }).parse(asked).params
    const number = isHex(hex) ? hexToBigInt(hex) : 0n
    const answer = answers[Number(number)] ?? 'none'
    if (answer === 'fails') return Promise.reject(new Error('It fails.'))
    if (answer === 'none') return Promise.resolve(null)
    const fork = answer === 'same' ? 0 : 1
    return Promise.resolve({
      number: numberToHex(number),
      hash: hashOf(number, fork),
      parentHash: hashOf(number - 1n, fork),
      timestamp: '0x1',
    })
  }
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) })
  return findAncestor(client, cursor, head, 'local', 'a.example')
}

describe('the newest block that a reorg left in place', () => {
  it.each<[string, Readonly<Record<number, Answer>>, bigint]>([
    ['the last one if it is unchanged', { 10: 'same', 20: 'same', 30: 'same' }, 30n],
    ['an earlier one if those after it changed', { 10: 'same', 20: 'same', 30: 'other' }, 20n],
    ['the last one whatever the node answers for older ones', { 10: 'none', 20: 'fails', 30: 'same' }, 30n],
    ['known even if the call for an older one fails', { 10: 'fails', 20: 'same', 30: 'other' }, 20n],
  ])('is %s', async (_what, answers, number) => {
    await expect(ancestorWhere(answers)).resolves.toMatchObject({ number, hash: hashOf(number) })
  })

  it('is searched only among blocks up to the head of the node', async () => {
    await expect(ancestorWhere({ 10: 'same', 20: 'same' }, 25n)).resolves.toMatchObject({ number: 20n })
  })

  it('is not guessed while a newer block may be it: a failed call fails the reading', async () => {
    await expect(ancestorWhere({ 10: 'same', 20: 'fails', 30: 'other' })).rejects.toThrow('It fails.')
  })

  it('is not guessed if the node lacks a newer block below its own head', async () => {
    await expect(ancestorWhere({ 10: 'same', 20: 'none', 30: 'other' })).rejects.toThrow(
      'a.example of local does not have block 20, although its head is 40.',
    )
  })

  it('does not exist on a chain that was reset: the error is permanent', async () => {
    await expect(ancestorWhere({ 10: 'other', 20: 'other', 30: 'other' })).rejects.toHaveProperty('kind', 'permanent')
  })
})
