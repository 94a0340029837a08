import { createClient, custom } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Head } from '../../../../src/domain/blocks/head.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { Cursor } from '../../../../src/sources/governance/evm/cursor.js'
import { isLagging } from '../../../../src/sources/governance/evm/isLagging.js'
import { block, genesis, hashOf } from '../../../support/builders.js'

const later = `0x${'f'.repeat(64)}`
/** Blocks come a second apart; the clock of the host shows the time of this block. */
const hostAt = (number: number): number => (Number(genesis) + number) * 1_000

interface Given {
  readonly head?: Head
  readonly at?: Head
  readonly checkpoints?: Cursor['checkpoints']
  readonly hostAtBlock?: number
  /** What the node has at a height. @defaultValue the block that everybody has */
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

describe('a node that is behind what was read', () => {
  it('lags where it has the newest recorded block that it can have, which is asked for', async () => {
    const checkpoints = [700n, 800n, 900n, 1_005n].map((number) => ({ number, hash: hashOf(number) }))
    expect(await lagging({ checkpoints })).toStrictEqual({ is: true, asked: [900] })
    // At the very block where the cursor stands there is nothing older to ask for.
    expect(await lagging({ at: block(1_000) })).toStrictEqual({ is: true, asked: [1_000] })
  })

  it('stands on another chain, or branch, where that block is another one', async () => {
    expect((await lagging({ has: (height) => block(height, { hash: later }) })).is).toBe(false)
  })

  it('is still syncing below everything that was recorded: nothing can be compared, and nothing is asked', async () => {
    expect(await lagging({ head: block(899) })).toStrictEqual({ is: true, asked: [] })
  })

  it('has failed where it lacks a block below its own head', async () => {
    const failed = lagging({ has: () => undefined })
    await expect(failed).rejects.toThrow('a:1 does not have block 900, although it is at 1000.')
    await expect(failed).rejects.toBeInstanceOf(SourceError)
  })

  /** So many blocks are missing, read when the block of `time` was new by the clock of the chain. */
  const missing = (blocks: number, time: number, given: Given = {}): Promise<{ readonly is: boolean }> =>
    lagging({ at: block(1_000 + blocks, { timestamp: genesis + BigInt(time) }), hostAtBlock: 1_000, ...given })

  it.each<[string, number, number, Given]>([
    ['64 blocks, where no time has gone by since its newest one', 64, 1_000, {}],
    ['and twice as many as its own pace gives for the time by the host', 664, 1_000, { hostAtBlock: 1_300 }],
    ['or for the time by the chain, where that is further', 664, 1_300, {}],
    ['which is believed for an hour that the clock of the host may be behind', 7_264, 9_000, {}],
    [
      'no more than 20 a second, however fast its own blocks came',
      264,
      1_010,
      { has: (height) => block(height, { timestamp: genesis + 1_000n }) },
    ],
    [
      'nor where they came faster than that by their times',
      264,
      1_010,
      { has: (height) => block(height, { timestamp: genesis + 998n }) },
    ],
    ['no less than its slow pace gives, too', 164, 1_500, { has: (height) => block(height, { timestamp: genesis }) }],
  ])('may lack %s, and one more is a cursor at a block that was never there', async (_, most, time, given) => {
    expect((await missing(most, time, given)).is).toBe(true)
    expect((await missing(most + 1, time, given)).is).toBe(false)
  })
})
