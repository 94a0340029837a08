import { type Client, createClient, custom } from 'viem'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../../src/domain/errors.js'
import {
  BehindError,
  type Finality,
  MovedError,
  nearTarget,
  readTarget,
  type Target,
} from '../../../../src/sources/governance/evm/target.js'
import { block, hashOf } from '../../../support/builders.js'

/** A node whose tags are at these heights; other tags are unknown. */
function nodeAt(tags: Readonly<Record<string, number>>): Client {
  const request = ({ params = [] }: { readonly params?: readonly unknown[] }): Promise<unknown> => {
    const height = tags[String(params[0])]
    if (height === undefined) return Promise.resolve(null)
    const { hash, parentHash } = block(height)
    return Promise.resolve({ number: `0x${height.toString(16)}`, hash, parentHash, timestamp: '0x1' })
  }
  return createClient({ transport: custom({ request }, { retryCount: 0 }) })
}

const read = (finality: Finality, tags: Readonly<Record<string, number>>) => readTarget(nodeAt(tags), finality, 'node')

describe('the block that is read', () => {
  it.each<readonly [Finality, bigint, string | undefined]>([
    ['latest', 100n, hashOf(100n)],
    ['safe', 90n, hashOf(90n)],
    ['finalized', 80n, hashOf(80n)],
    [0, 100n, hashOf(100n)],
    // Its hash is read with the rest.
    [12, 88n, undefined],
    [1_000, 0n, undefined],
  ])('by %s is %i at a node with head 100', async (finality, number, hash) => {
    const target = await read(finality, { latest: 100, safe: 90, finalized: 80 })
    expect(target).toMatchObject({ head: { number: 100n }, number })
    expect(target.hash).toBe(hash)
  })

  it('is never above the head, though the two answers differ in time', async () => {
    expect(await read('safe', { latest: 100, safe: 101 })).toMatchObject({ head: { number: 101n }, number: 101n })
  })

  it('is not guessed if the node does not know the tag', async () => {
    await expect(read('finalized', { latest: 100 })).rejects.toThrow(/does not know the block tag finalized/)
  })
})

describe('nearTarget', () => {
  const target: Target = { head: block(100), number: 100n, hash: hashOf(100n) }
  const tried = async (floor: bigint, fault: (number: bigint) => Error, from = target) => {
    const asked: Target[] = []
    const answer = await nearTarget(from, floor, (near) => {
      asked.push(near)
      return Promise.reject(fault(near.number))
    }).catch((cause: unknown) => cause)
    return { asked, numbers: asked.map(({ number }) => Number(number)), answer }
  }

  it('tries the same block once more, then older and older ones, if a server lacks it', async () => {
    const { numbers, answer, asked } = await tried(0n, () => new BehindError('It lags.'))
    expect(numbers).toStrictEqual([100, 100, 99, 98, 96, 92, 84])
    expect(answer).toBeInstanceOf(BehindError)
    // The head itself names the hash of its parent; older hashes are read with the rest.
    expect(asked.slice(1, 4).map(({ hash }) => hash)).toStrictEqual([hashOf(100n), hashOf(99n), undefined])
  })

  it('does not know the parent hash of a block that is not the head', async () => {
    const { asked } = await tried(0n, () => new BehindError('It lags.'), {
      head: block(100),
      number: 90n,
      hash: hashOf(90n),
    })
    expect(asked[2]).toMatchObject({ number: 89n })
    expect(asked[2]?.hash).toBeUndefined()
  })

  it('stops at the block that was already read, and reports nothing new', async () => {
    expect(await tried(99n, () => new BehindError('It lags.'))).toMatchObject({
      numbers: [100, 100],
      answer: undefined,
    })
    expect(await tried(98n, () => new BehindError('It lags.'))).toMatchObject({ numbers: [100, 100, 99] })
  })

  it('tries no older block, and does not report it as unchanged, if servers are on two branches', async () => {
    const moved = (): Error => new MovedError('Two blocks.')
    expect(await tried(0n, moved)).toMatchObject({ numbers: [100, 100, 99] })
    expect((await tried(99n, moved)).answer).toBeInstanceOf(MovedError)
  })

  it('does not continue after any other failure', async () => {
    const { numbers, answer } = await tried(0n, () => new SourceError('transient', 'It is away.'))
    expect(numbers).toStrictEqual([100])
    expect(answer).toBeInstanceOf(SourceError)
  })
})
