import type { LookupAddress } from 'node:dns'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { boundedLookup, type DnsLookup, type LookupSettings } from '../../src/transport/boundedLookup.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { listen } from '../support/servers/listen.js'
import { type NameAnswer, startNameServer } from '../support/servers/nameServer.js'

function hosts(content: string): string {
  const path = mkdtempSync(join(tmpdir(), 'govstream-hosts-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  writeFileSync(join(path, 'hosts'), content)
  return join(path, 'hosts')
}
async function over(answer: (name: string) => NameAnswer, settings: LookupSettings = {}) {
  const server = await startNameServer(answer)
  onTestFinished(() => server.stop())
  return {
    server,
    lookup: boundedLookup({
      servers: [server.address],
      hostsPath: hosts('10.1.2.3 Listed.test alias.test # a comment\n::2 listed.test\n'),
      ...settings,
    }),
  }
}
const find = (lookup: DnsLookup, name: string, all = true): Promise<unknown> =>
  new Promise((resolve) => {
    lookup(name, { all }, (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => {
      resolve(error === null ? (all ? address : [address, family]) : error.code)
    })
  })
const address = (ip: string, ttl = 300): NameAnswer => ({ address: ip, ttl })

it('boundedLookup resolves names of the hosts file without a request, in any letter case', async () => {
  const { server, lookup } = await over(() => 'silence')
  expect(await find(lookup, 'listed.TEST')).toStrictEqual([
    { address: '10.1.2.3', family: 4 },
    { address: '::2', family: 6 },
  ])
  expect(await find(lookup, 'alias.test', false)).toStrictEqual(['10.1.2.3', 4])
  expect(await find(lookup, 'localhost')).toContainEqual({ address: '127.0.0.1', family: 4 })
  expect(server.asked).toStrictEqual([])
})

it('boundedLookup asks the name servers for other names, once per lifetime of the answer', async () => {
  let time = 0
  const { server, lookup } = await over(() => address('10.9.8.7', 20), { now: () => time })
  expect(await find(lookup, 'node.example')).toStrictEqual([{ address: '10.9.8.7', family: 4 }])
  const first = server.asked.length
  time = 19_999
  await find(lookup, 'node.example')
  expect(server.asked).toHaveLength(first)
  time = 20_001
  await find(lookup, 'node.example')
  expect(server.asked.length).toBeGreaterThan(first)
})

it('boundedLookup asks once for a name that is looked up several times at once', async () => {
  const { server, lookup } = await over(() => address('10.9.8.7'))
  await Promise.all([1, 2, 3].map(() => find(lookup, 'node.example')))
  expect(server.asked).toHaveLength(2)
})

it.each<readonly [string, NameAnswer, string]>([
  ['does not exist', 'unknown', 'ENOTFOUND'],
  ['gets no answer', 'silence', 'EAI_AGAIN'],
])('boundedLookup returns an error code for a name that %s, and does not remember it', async (_what, answer, code) => {
  let now: NameAnswer = answer
  const { lookup } = await over(() => now, { limitMs: 100 })
  expect(await find(lookup, 'dead.example')).toBe(code)
  now = address('10.0.0.1')
  expect(await find(lookup, 'dead.example')).toStrictEqual([{ address: '10.0.0.1', family: 4 }])
})

it('names without an answer do not delay a request to another name', async () => {
  const { server, lookup } = await over((name) => (name === 'healthy.example' ? address('127.0.0.1') : 'silence'), {
    limitMs: 20_000,
  })
  const node = await listen((_request, response) => response.end('up'))
  onTestFinished(() => node.stop())
  const client = createHttpClient({ lookup })
  const controller = new AbortController()
  const common = { timeoutMs: 60_000, maxBytes: 1_000, signal: controller.signal }
  const settled: unknown[] = []
  // More than the threads of the lookup of the system.
  const dead = Array.from({ length: 8 }, (_, at) =>
    client
      .request({ ...common, url: new URL(`http://dead-${at}.example/`) })
      .catch((cause: unknown) => settled.push(cause)),
  )
  await server.waitFor(8)

  expect((await client.request({ ...common, url: new URL(`http://healthy.example:${node.port}/`) })).text).toBe('up')
  expect(settled).toStrictEqual([])
  controller.abort()
  await Promise.all(dead)
  expect(settled).toHaveLength(8)
})

it('a name without an answer leads to a message that says what to do', async () => {
  const { lookup } = await over(() => 'silence', { limitMs: 50 })
  const asked = createHttpClient({ lookup }).request({
    url: new URL('http://dead.example/s3cr3t'),
    timeoutMs: 60_000,
    maxBytes: 1,
    signal: new AbortController().signal,
  })
  await expect(asked).rejects.toThrow(
    'cannot be reached (EAI_AGAIN): the name servers give no answer for the name. Check the name servers of this machine (/etc/resolv.conf), or add the name to the hosts file.',
  )
})
