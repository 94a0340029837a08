import { describe, expect, it } from 'vitest'
import type { BlockSignature } from '../../../src/domain/upgrades/postCheck/judgeSignatures.js'
import { lookAtSignatures, type SignatureLook } from '../../../src/monitor/postCheck/lookAtSignatures.js'

type Node = SignatureLook['nodes'][number]

/** A node that answers with `says` for each height, and the heights that were requested. */
function nodeThat(says: (height: number) => BlockSignature | undefined) {
  const asked: number[] = []
  const node: Node = {
    readSignature: (height) => {
      asked.push(Number(height))
      return Promise.resolve(says(Number(height)))
    },
  }
  return { asked, node }
}
const broken: Node = { readSignature: () => Promise.reject(new Error('It is away.')) }

const look = (nodes: readonly Node[], head: number, parts: Partial<SignatureLook> = {}, signal?: AbortSignal) =>
  lookAtSignatures(
    { nodes, validator: 'ours', address: 'AB12', first: 101n, head: BigInt(head), waitedMs: 120_000, ...parts },
    signal ?? new AbortController().signal,
  )

describe('the check of the signatures after a height', () => {
  it('ends at the first signed block, and requests none without a successor', async () => {
    const { node, asked } = nodeThat((height) => (height === 103 ? 'signed' : 'missed'))
    expect(await look([node], 130)).toMatchObject({ verdict: 'passed' })
    expect(asked).toStrictEqual([101, 102, 103])

    const early = nodeThat(() => 'missed')
    expect(await look([early.node], 103)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(early.asked).toStrictEqual([101, 102])
    const none = nodeThat(() => 'missed')
    expect(await look([none.node], 100)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(none.asked).toStrictEqual([])
  })

  it('reads the first ten blocks and the newest three, each once', async () => {
    const { node, asked } = nodeThat(() => 'missed')
    expect(await look([node], 200)).toMatchObject({ verdict: 'failed' })
    const ten = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110]
    expect(asked).toStrictEqual([...ten, 197, 198, 199])
    const near = nodeThat(() => 'missed')
    await look([near.node], 112)
    expect(near.asked).toStrictEqual([...ten, 111])
  })

  it('stops at the first block whose signatures are not final', async () => {
    const { node, asked } = nodeThat((height) => (height < 103 ? 'missed' : undefined))
    expect(await look([node], 130)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(asked).toStrictEqual([101, 102, 103])
  })

  it('reads from the next node only if one fails or cannot tell', async () => {
    const [first, second] = [nodeThat(() => 'signed'), nodeThat(() => 'missed')]
    expect(await look([first.node, second.node], 130)).toMatchObject({ verdict: 'passed' })
    expect(second.asked).toStrictEqual([])

    expect(await look([broken, {}, first.node], 130)).toMatchObject({ verdict: 'passed' })
    expect(await look([broken, {}], 130)).toMatchObject({
      verdict: 'unknown',
      reason: 'Whether ours signs is not known: this system does not report who signed a block.',
    })
    expect(await look([], 130)).toMatchObject({
      reason: 'Whether ours signs is not known: no node reports who signed a block.',
    })
  })

  it('ignores what a node reported before it failed', async () => {
    const failing: Node = {
      readSignature: (height) => (height === 101n ? Promise.resolve('missed') : Promise.reject(new Error('Away.'))),
    }
    expect(await look([failing], 130, { waitedMs: 0 })).toMatchObject({
      verdict: 'unknown',
      isEarly: true,
      reason: 'Whether ours signs is not known: Away.',
    })
  })

  it('rejects only if aborted', async () => {
    const stop = new AbortController()
    const stopping: Node = {
      readSignature: () => {
        stop.abort(new Error('stopped'))
        return Promise.reject(new Error('It is away.'))
      },
    }
    const next = nodeThat(() => 'signed')
    await expect(look([stopping, next.node], 130, {}, stop.signal)).rejects.toThrow('stopped')
    expect(next.asked).toStrictEqual([])
  })
})
