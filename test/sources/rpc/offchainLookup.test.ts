import { createPublicClient, encodeErrorResult, http, parseAbi } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEvmEndpoints, evmEndpointsOf } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { readCalls } from '../../../src/sources/rpc/readCalls.js'
import { multicallAddress } from '../../../src/sources/rpc/standingMulticall.js'
import { listen } from '../../support/servers/listen.js'
import { startAnsweringServer } from './answeringServer.js'

const abi = parseAbi(['function state(uint256) view returns (uint8)'])
const lookupAbi = parseAbi([
  'error OffchainLookup(address sender, string[] urls, bytes data, bytes4 callback, bytes extra)',
])
const address = '0x00000000000000000000000000000000000000A1'
const call = { address, abi, functionName: 'state', args: [1n] } as const

type Server = Awaited<ReturnType<typeof startAnsweringServer>>

describe('a contract that reverts with OffchainLookup', () => {
  let reached = 0
  let inner: Awaited<ReturnType<typeof listen>>
  let node: Server

  beforeEach(async () => {
    reached = 0
    inner = await listen((_, response) => {
      reached += 1
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":"0x"}')
    })
    const lookupOf = (sender: `0x${string}`): `0x${string}` =>
      encodeErrorResult({ abi: lookupAbi, args: [sender, [`${inner.url}/{sender}/{data}`], '0x', '0x00000000', '0x'] })
    node = await startAnsweringServer((body) => {
      const entries = Array.isArray(body) ? body : [body]
      const answers = entries.map(({ id, params }) => {
        const to = JSON.stringify(params).toLowerCase().includes(multicallAddress.toLowerCase())
          ? multicallAddress
          : address
        const isDeployless = !JSON.stringify(params).includes('"to"')
        const error = isDeployless
          ? { code: -32602, message: 'missing field to' }
          : { code: 3, message: 'execution reverted', data: lookupOf(to) }
        return { jsonrpc: '2.0', id, error }
      })
      return { body: JSON.stringify(Array.isArray(body) ? answers : answers[0]) }
    })
  })
  afterEach(async () => {
    await node.stop()
    await inner.stop()
  })

  const clients = {
    'an own client': () => createEvmEndpoints({ urls: [node.url], timeoutMs: 60_000 })[0]?.client,
    "a host's client": () => evmEndpointsOf([createPublicClient({ transport: http(node.url) })])[0]?.client,
  }

  it.each(Object.entries(clients))('is not followed to the other server: %s', async (_, clientOf) => {
    const client = clientOf()
    expect.assert(client !== undefined)
    expect(await readCalls(client, [{ ...call, alone: true }])).toMatchObject([{ ok: false, why: 'reverted' }])
    await readCalls(client, [call]).catch(() => [])
    expect(reached).toBe(0)
  })
})
