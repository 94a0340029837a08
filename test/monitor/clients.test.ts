import { type Client, createClient, createPublicClient, custom, http } from 'viem'
import { optimism } from 'viem/chains'
import { expect } from 'vitest'
import type { ViemClient } from '../../src/index.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { createMonitor } from '../../src/monitor.js'
import { createReaders } from '../../src/monitor/chain/createReaders.js'
import { onSharedChain as it } from '../support/fixtures.js'

const monitorWith = (governor: string, client: ViemClient) =>
  createMonitor(
    {
      state: ':memory:',
      chains: [{ name: 'local', governance: { system: 'governor', address: governor, fromBlock: 0n } }],
    },
    { clients: { local: client } },
  )

it.for<[string, (url: string) => ViemClient]>([
  ['a plain client without actions', (url): Client => createClient({ transport: http(url) })],
  [
    'a client of a chain with formats of its own',
    (url) => createPublicClient({ chain: optimism, transport: http(url) }),
  ],
  ['a client that batches', (url) => createPublicClient({ transport: http(url, { batch: true }) })],
])('reads through %s, without any URL in the configuration', async ([_, clientOf], { chain }) => {
  const people = await chain.deploy()
  await people.actor.propose({ description: '# One' })
  const monitor = monitorWith(people.governor, clientOf(chain.url))

  const [result] = await monitor.sync()
  expect(result).toMatchObject({ chain: 'local', ok: true })
})

it('reads the block from a client without any URL, too, before a file is written', async ({ chain }) => {
  const config = parseConfig(
    { chains: [{ name: 'local', governance: { system: 'governor', address: `0x${'12'.repeat(20)}` } }] },
    { clients: ['local'] },
  )
  const { nodes, witnesses } = createReaders(config.chains[0]!, {
    client: createPublicClient({ transport: http(chain.url) }),
    now: () => Date.now(),
  })
  const block = await chain.client.getBlock({ blockNumber: 0n })

  expect(await nodes[0]?.readBlock(0n, new AbortController().signal)).toMatchObject({ number: 0n, hash: block.hash })
  expect([nodes.length, witnesses]).toStrictEqual([1, []])
})

it('limits a request of a client without a timeout of its own to rpc.timeout', async () => {
  const client = createClient({ transport: custom({ request: () => new Promise(() => undefined) }) })
  const monitor = createMonitor(
    {
      state: ':memory:',
      chains: [
        {
          name: 'local',
          rpc: { timeout: '50ms' },
          governance: { system: 'governor', address: `0x${'12'.repeat(20)}`, fromBlock: 0n },
        },
      ],
    },
    { clients: { local: client } },
  )

  const [result] = await monitor.sync()
  expect(result?.ok === false && result.failure.message).toContain('did not answer within 50 ms')
})

it('reveals only the host of the URL of a client', async () => {
  const client = createPublicClient({
    transport: http('http://user:hunter2@127.0.0.1:9/keykeykeykeykeykey', { retryCount: 0 }),
  })
  const [result] = await monitorWith(`0x${'12'.repeat(20)}`, client).sync()

  expect(result).toMatchObject({ ok: false })
  expect(JSON.stringify(result)).toContain('127.0.0.1:9')
  expect(JSON.stringify(result)).not.toMatch(/hunter2|keykey/)
})
