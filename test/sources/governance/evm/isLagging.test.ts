import { createClient, custom } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Head } from '../../../../src/domain/blocks/head.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { Cursor } from '../../../../src/sources/governance/evm/cursor.js'
import { isLagging } from '../../../../src/sources/governance/evm/isLagging.js'
import { block, genesis, hashOf } from '../../../support/builders.js'

const later = `0x${'f'.repeat(64)}`
/** Blocks are a second apart; the clock of the host shows the time of this block. */
const hostAt = (number: number): number => (Number(genesis) + number) * 1_000

interface Given {
  readonly head?: Head
  readonly at?: Head
  readonly checkpoints?: Cursor['checkpoints']
  readonly hostAtBlock?: number
  /** What the node has at a height. @defaultValue the block that every node has */
  readonly has?: (height: number) => Head | undefined
}

async function lagging({
  head = block(1_000),
  at = block(1_010),
  checkpoints = [{ number: 900n, hash: hashOf(900n) }],
  hostAtBlock = 1_010,
  has = block,
}: Given = {}) {
  const asked: number[] = []
  const request = ({ params = [] }: { readonly params?: readonly unknown[] }): Promise<unknown> => {
    const height = Number(params[0])
    asked.push(height)
    const found = has(height)
    if (found === undefined) return Promise.resolve(null)
    const { hash, parentHash, number, timestamp } = found
    return Promise.resolve({
      number: `0x${number.toString(16)}`,
      hash,
      parentHash,
      timestamp: `0x${timestamp.toString(16)}`,
    })
  }
  const client = createClient({ transport: custom({ request }, { retryCount: 0 }) })
  const node = { chain: 'local', host: 'a:1', client, chainId: 1 }
  const cursor: Cursor = {
    chainId: 1,
    contracts: [],
    at,
    head: at,
    checkpoints,
    window: 1n,
    initial: false,
    partial: false,
  }
  return { is: await isLagging(node, cursor, head, hostAt(hostAtBlock)), asked }
}

describe('a node that is behind the cursor', () => {
  it('lags if it has the newest recorded block at or below its head, which is requested', async () => {
    const checkpoints = [700n, 800n, 900n, 1_005n].map((number) => ({ number, hash: hashOf(number) }))
    expect(await lagging({ checkpoints })).toStrictEqual({ is: true, asked: [900] })
    // At the block of the cursor itself, that block is requested.
    expect(await lagging({ at: block(1_000) })).toStrictEqual({ is: true, asked: [1_000] })
  })

  it('is on another chain or branch if its block there is another one', async () => {
    expect((await lagging({ has: (height) => block(height, { hash: later }) })).is).toBe(false)
  })

  it('is still syncing below every recorded block, so nothing is compared or requested', async () => {
    expect(await lagging({ head: block(899) })).toStrictEqual({ is: true, asked: [] })
  })

  it('has failed if it lacks a block below its own head', async () => {
    const failed = lagging({ has: () => undefined })
    await expect(failed).rejects.toThrow('a:1 does not have block 900, although it is at 1000.')
    await expect(failed).rejects.toBeInstanceOf(SourceError)
  })

  /** Whether a node that lacks so many blocks lags, if the block of `time` was the newest by the clock of the chain. */
  const missing = (blocks: number, time: number, given: Given = {}): Promise<{ readonly is: boolean }> =>
    lagging({ at: block(1_000 + blocks, { timestamp: genesis + BigInt(time) }), hostAtBlock: 1_000, ...given })

  it.each<[string, number, number, Given]>([
    ['64 blocks if no time has passed since its newest one', 64, 1_000, {}],
    ['plus twice as many as its pace gives for the time by the host', 664, 1_000, { hostAtBlock: 1_300 }],
    ['or for the time by the chain if that is later', 664, 1_300, {}],
    ['which is trusted for the hour that the clock of the host may be behind', 7_264, 9_000, {}],
    [
      'at most 20 a second, however fast its own blocks came',
      264,
      1_010,
      { has: (height) => block(height, { timestamp: genesis + 1_000n }) },
    ],
    [
      'also if they came faster than that by their timestamps',
      264,
      1_010,
      { has: (height) => block(height, { timestamp: genesis + 998n }) },
    ],
    ['at least as many if its pace is slow', 164, 1_500, { has: (height) => block(height, { timestamp: genesis }) }],
  ])('may lack blocks: %s; with one more the cursor is at a block that never existed', async (_, most, time, given) => {
    expect((await missing(most, time, given)).is).toBe(true)
    expect((await missing(most + 1, time, given)).is).toBe(false)
  })
})
