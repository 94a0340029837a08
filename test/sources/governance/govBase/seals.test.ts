import { describe, expect } from 'vitest'
import type { BlockSignature } from '../../../../src/domain/upgrades/postCheck/judgeSignatures.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { Behaviour, CountingProxy } from '../../../support/servers/countingProxy.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { deployGovBase, readerOf } from './govBaseChain.js'

const { signal } = new AbortController()
const ours = '0x00000000000000000000000000000000000000C1'
const other = '0x00000000000000000000000000000000000000C2'
const address = ours.slice(2).toUpperCase()

/** A node with these seals for the previous block, and these validators. */
function sealedBy(sealers: unknown, validators: unknown = [ours, other]): Behaviour {
  return {
    rewrite: (call, answer) => {
      if (call.method === 'istanbul_getValidators') return { result: validators }
      return call.method === 'istanbul_getWbftExtraInfo'
        ? { result: { round: '0x0', prevCommittedSeal: sealers, committedSeal: { sealers: [ours] } } }
        : answer
    },
  }
}

describe('the seal of a validator for a WBFT block', () => {
  async function read(
    chain: Parameters<typeof deployGovBase>[0],
    proxy: CountingProxy,
    height: (head: bigint) => bigint,
  ) {
    const contract = await deployGovBase(chain, 'GovBaseCouncil', { size: 1, quorum: 1 })
    const reader = readerOf(proxy.url, [contract])
    proxy.reset()
    return reader.readSignature!(height(await chain.client.getBlockNumber()), address, signal)
  }

  it.for<readonly [BlockSignature, Behaviour]>([
    ['signed', sealedBy({ sealers: [other, ours.toLowerCase()], signature: '0x' })],
    ['missed', sealedBy({ sealers: [other], signature: '0x' })],
    ['outside', sealedBy({ sealers: [other], signature: '0x' }, [other])],
  ])('is %s according to the next block', async ([expected, behaviour], { chain, proxy }) => {
    proxy.behave(behaviour)
    expect(await read(chain, proxy, (head) => head - 1n)).toBe(expected)
    const asked = proxy.requests.flat().find(({ method }) => method === 'istanbul_getWbftExtraInfo')
    expect(asked?.params).toStrictEqual([`0x${(await chain.client.getBlockNumber()).toString(16)}`])
  })

  it('is expected from the validators of the block itself', async ({ chain, proxy }) => {
    proxy.behave(sealedBy({ sealers: [other], signature: '0x' }))
    await read(chain, proxy, (head) => head - 1n)
    const asked = proxy.requests.flat().find(({ method }) => method === 'istanbul_getValidators')
    expect(asked?.params).toStrictEqual([`0x${((await chain.client.getBlockNumber()) - 1n).toString(16)}`])
  })

  it('is not known before the next block', async ({ chain, proxy }) => {
    proxy.behave(sealedBy({ sealers: [ours] }))
    expect(await read(chain, proxy, (head) => head)).toBeUndefined()
    expect(proxy.methods()).not.toContain('istanbul_getWbftExtraInfo')
  })

  it.for<readonly [string, Behaviour]>([
    ['does not serve the method', {}],
    ['reports no seals', sealedBy(null)],
    ['reports an empty list of seals', sealedBy({ sealers: [] })],
    ['reports a seal without an address', sealedBy({ sealers: [other, 'us'] })],
    ['does not report the validators', sealedBy({ sealers: [other] }, 'no')],
  ])('fails if the node %s', async ([_what, behaviour], { chain, proxy }) => {
    proxy.behave(behaviour)
    await expect(read(chain, proxy, (head) => head - 1n)).rejects.toThrow(SourceError)
  })
})
