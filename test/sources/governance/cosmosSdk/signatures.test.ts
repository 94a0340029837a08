import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { SourceError } from '../../../../src/domain/errors.js'
import type { BlockSignature } from '../../../../src/domain/upgrades/postCheck/judgeSignatures.js'
import { createHttpEndpoints, type HttpEndpoint } from '../../../../src/sources/http/createHttpEndpoints.js'
import { readSignature } from '../../../../src/sources/governance/cosmosSdk/signatures.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { onCosmos as it } from '../cosmos/onCosmos.js'

const addressOf = (index: number): string => index.toString(16).toUpperCase().padStart(40, 'A')
const ours = addressOf(149)
const all = Array.from({ length: 150 }, (_, index) => addressOf(index))
const { signal } = new AbortController()

function read(server: CosmosServer, height: number, expected = 'cosmoshub-4'): Promise<BlockSignature | undefined> {
  const http = createHttpClient()
  const reach = { timeoutMs: 60_000, http, conceal: (text: string) => text, now: () => 0, headers: {} }
  const [endpoint] = createHttpEndpoints({ chain: 'hub', urls: [server.url], ...reach })
  return readSignature(endpoint!, { height: BigInt(height), validator: ours, expected, chain: 'hub' }, signal)
}

const unsigned: readonly unknown[] = []
const forBlock = (height: string) => ({
  header: { chain_id: 'cosmoshub-4', height },
  commit: { height, signatures: unsigned },
})

describe('the signature of a validator in a CometBFT block', () => {
  it('is read from the commit, in one request', async ({ server }) => {
    server.behave({ validators: all })
    expect(await read(server, 999)).toBe('signed')
    expect(server.requests).toStrictEqual(['/commit?height=999'])
  })

  it.for(['nil', 'absent'] as const)('is missed if its vote is %s', async (vote, { server }) => {
    server.behave({ validators: all, votes: (validator) => (validator === ours ? vote : 'commit') })
    expect(await read(server, 999)).toBe('missed')
  })

  it.for<readonly [number | string, BlockSignature]>([
    [1, 'missed'],
    ['BLOCK_ID_FLAG_ABSENT', 'missed'],
    [2, 'signed'],
    ['BLOCK_ID_FLAG_COMMIT', 'signed'],
    [3, 'missed'],
    ['BLOCK_ID_FLAG_NIL', 'missed'],
  ])(
    'by the flag %j of its own row is %s, though not all servers name absent validators',
    async ([flag, told], { server }) => {
      const row = { block_id_flag: flag, validator_address: ours }
      const { header, commit } = forBlock('999')
      server.answer('/commit', { signed_header: { header, commit: { ...commit, signatures: [row] } } })
      expect(await read(server, 999)).toBe(told)
    },
  )

  it('is not expected from an address that is not a validator of that block', async ({ server }) => {
    server.behave({ validators: all.slice(0, 120) })
    expect(await read(server, 999)).toBe('outside')
    expect(server.requests.filter((path) => path.startsWith('/validators'))).toHaveLength(2)
  })

  it('is not known at the newest block or above it', async ({ server }) => {
    server.behave({ validators: all })
    expect(await read(server, 1_000)).toBeUndefined()
    expect(await read(server, 1_001)).toBeUndefined()
  })

  it('is read from the versioned path of CometBFT 1.0, too', async ({ server }) => {
    server.behave({ fail: (path) => (path.startsWith('/commit') ? { status: 404, body: '{}' } : undefined) })
    const row = { block_id_flag: 'BLOCK_ID_FLAG_COMMIT', validator_address: ours.toLowerCase() }
    const { header, commit } = forBlock('999')
    server.answer('/v1/commit', { signed_header: { header, commit: { ...commit, signatures: [row] } } })
    expect(await read(server, 999)).toBe('signed')
  })

  it.for([
    { what: 'another block', commit: { signed_header: forBlock('998') }, validators: undefined },
    {
      what: 'the commit of another block with the header of this one',
      commit: { signed_header: { header: forBlock('999').header, commit: forBlock('998').commit } },
      validators: undefined,
    },
    {
      what: 'the header of another block with this commit',
      commit: { signed_header: { header: forBlock('998').header, commit: forBlock('999').commit } },
      validators: undefined,
    },
    { what: 'no commit', commit: { signed_header: null }, validators: undefined },
    {
      what: 'an unknown vote',
      commit: {
        signed_header: {
          ...forBlock('999'),
          commit: { height: '999', signatures: [{ block_id_flag: 7, validator_address: ours }] },
        },
      },
      validators: undefined,
    },
    {
      what: 'not all validators',
      commit: { signed_header: forBlock('999') },
      validators: { block_height: '999', validators: [], total: '5' },
    },
    {
      what: 'the validators of another block',
      commit: { signed_header: forBlock('999') },
      validators: { block_height: '5', validators: [], total: '0' },
    },
  ])('is unknown if a server reports $what', async ({ commit, validators }, { server }) => {
    server.answer('/commit', commit)
    if (validators !== undefined) server.answer('/validators', validators)
    await expect(read(server, 999)).rejects.toThrow(SourceError)
  })

  it('is not read from the body of an error', async ({ server }) => {
    const signed = { block_id_flag: 2, validator_address: ours }
    const { header, commit } = forBlock('999')
    const told = { result: { signed_header: { header, commit: { ...commit, signatures: [signed] } } } }
    server.behave({ fail: () => ({ status: 500, body: JSON.stringify(told) }) })
    await expect(read(server, 999)).rejects.toThrow(SourceError)
    server.answer('/commit', { signed_header: forBlock('999') })
    const none = { result: { block_height: '999', validators: [], total: '0' } }
    server.behave({
      fail: (path) => (path.startsWith('/validators') ? { status: 500, body: JSON.stringify(none) } : undefined),
    })
    await expect(read(server, 999)).rejects.toThrow(SourceError)
  })

  it('is found in any letter case, and is unknown if a server does not list all validators', async ({ server }) => {
    server.answer('/commit', { signed_header: forBlock('999') })
    const some = { block_height: '999', validators: [{ address: ours.toLowerCase() }], total: '5' }
    server.answer('/validators', some)
    expect(await read(server, 999)).toBe('missed')
    server.answer('/validators', { ...some, validators: [{ address: addressOf(1) }] })
    await expect(read(server, 999)).rejects.toThrow(/did not report all validators/)
    expect(server.requests.filter((path) => path.startsWith('/validators'))).toHaveLength(3)
  })

  it('is not read from another chain', async ({ server }) => {
    server.behave({ validators: all })
    await expect(read(server, 999, 'osmosis-1')).rejects.toThrow(/is on chain cosmoshub-4, expected osmosis-1/)
  })

  it('is not read from an answer of any other shape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (signed_header, validators) => {
        const endpoint: HttpEndpoint = {
          host: 'hub:1',
          get: (path) =>
            Promise.resolve({
              status: 200,
              headers: new Headers(),
              text: '',
              body: path === '/commit' ? { result: { signed_header } } : { result: validators },
            }),
        }
        const question = { height: 5n, validator: ours, expected: undefined, chain: 'hub' }
        await expect(readSignature(endpoint, question, signal)).rejects.toThrow(SourceError)
      }),
    )
  })
})
