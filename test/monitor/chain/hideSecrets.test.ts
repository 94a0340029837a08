import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import { createMonitor } from '../../../src/monitor.js'
import { hideSecrets } from '../../../src/monitor/chain/hideSecrets.js'
import { readerOver, signal, upgrade, wire } from '../../sources/governance/wemixvisorRpc/following.js'
import { proposal, reading } from '../../support/builders.js'
import { nodeThat } from '../../sources/agreement/nodesGiven.js'
import type { GovernanceReader, UnvouchedReading } from '../../../src/sources/governance/GovernanceReader.js'
import { listen } from '../../support/servers/listen.js'
import { startWemixvisorServer } from '../../support/servers/wemixvisorServer.js'
import { type Scratch, scratch } from '../../support/scratch.js'
import { key, type Governance } from './hideSecretsGiven.js'

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '')

/** Refuses a request and echoes all it was sent, in every form that a server may know it in. */
const quoteAll: Parameters<typeof listen>[0] = (request, response) => {
  const { authorization = '', 'x-api-key': apiKey = '' } = request.headers
  const [user = '', password = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
  const echo = [
    request.url,
    authorization,
    apiKey,
    user,
    password,
    encodeURIComponent(password),
    JSON.stringify(password),
  ].join(' | ')
  // Padding before the echo, so that a cut may fall anywhere.
  response.writeHead(403, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      error: { code: -32000, message: `${'x'.repeat(Number(request.headers['x-pad'] ?? 0))} ${echo}` },
    }),
  )
}

/** All that a sync gives away: its results, notifications and log lines. */
async function allTold(
  url: string,
  headers: Readonly<Record<string, string>>,
  governance: Governance,
): Promise<string> {
  const told: unknown[] = []
  const lines: unknown[] = []
  const write = (...line: readonly unknown[]): void => void lines.push(line)
  const handle = (notification: Notification): Promise<void> => {
    told.push(notification)
    return Promise.resolve()
  }
  const monitor = createMonitor(
    {
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [{ name: 'local', rpc: { urls: [url], headers }, governance }],
    },
    { handlers: [{ type: 'own', handle }], log: { info: write, warn: write, error: write } },
  )
  const results = await monitor.sync()
  return JSON.stringify([results, told, lines])
}

describe('a server that echoes the requested path', () => {
  it.each<[string, (url: string) => Governance]>([
    ['governor', () => ({ system: 'governor', address: `0x${'1'.repeat(40)}` })],
    ['wemixvisor-rpc', () => ({ system: 'wemixvisor-rpc' })],
    ['cosmos', (url) => ({ system: 'cosmos', rest: [url] })],
    ['signal', (url) => ({ system: 'signal', rest: [url] })],
    ['fork-config', () => ({ system: 'fork-config' })],
  ])('leaks no key into results and notifications (%s)', async (_system, governance) => {
    const server = await listen((request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end(`<pre>Cannot ${request.method} ${request.url}</pre>`)
    })
    onTestFinished(() => server.stop())
    const url = `${server.url}/v3/${key}?token=${key}`
    const told: string[] = []
    const monitor = createMonitor(
      {
        state: ':memory:',
        notifier: { handlers: [] },
        chains: [{ name: 'local', rpc: { urls: [url] }, governance: governance(url) }],
      },
      {
        handlers: [
          {
            type: 'own',
            handle: ({ message }) => {
              told.push(message)
              return Promise.resolve()
            },
          },
        ],
      },
    )
    const results = await monitor.sync()

    expect(results.map((result) => (result.ok ? '' : result.failure.message)).join()).toContain('/v3/(secret)')
    expect(told).toHaveLength(1)
    expect(JSON.stringify([results, told])).not.toContain(key)
  })

  it.each<[string, (url: string) => Governance]>([
    ['governor', () => ({ system: 'governor', address: `0x${'1'.repeat(40)}` })],
    ['wemixvisor-rpc', () => ({ system: 'wemixvisor-rpc' })],
    ['cosmos', (url) => ({ system: 'cosmos', rest: [url] })],
    ['signal', (url) => ({ system: 'signal', rest: [url] })],
  ])('leaks no short key, user, password or header there either, in any encoding (%s)', async (_system, governance) => {
    const server = await listen(quoteAll)
    onTestFinished(() => server.stop())
    const secrets = [
      'k3y5',
      'q9z8',
      'bob7',
      'pä"s',
      'h3ad3r',
      Buffer.from('bob7:pä"s').toString('base64'),
      'p%C3%A4%22s',
      'pä\\"s',
    ]
    for (const pad of [0, 200, 230, 260, 290]) {
      const url = `${server.url.replace('//', '//bob7:p%C3%A4%22s@')}/v3/k3y5?network=q9z8`
      const all = await allTold(url, { 'x-api-key': 'h3ad3r', 'x-pad': String(pad).padStart(4, '0') }, governance(url))
      expect(all).toContain('HTTP 403')
      for (const secret of secrets) expect(all).not.toContain(secret)
      // Nor the first letters of one in a truncated text.
      expect(all).not.toMatch(/bob|h3a|Basic Y/)
    }
  })
})

describe('a server that echoes the key of its URL in its data', () => {
  const secret = 'k3y5Zz'
  /** A server of the dialect that inserts the key of its URL into every text. */
  async function startEcho() {
    const server = await startWemixvisorServer()
    onTestFinished(() => server.stop())
    return { server, url: `${server.url}/v3/${secret}` }
  }

  /** A monitor of that server, and all that its log and its handler receive. */
  function listening(url: string, { state, home }: Scratch) {
    const told: unknown[] = []
    const write = (...line: readonly unknown[]): void => void told.push(line)
    const handle = (notification: Notification): Promise<void> => Promise.resolve(void told.push(notification))
    const monitor = createMonitor(
      {
        state,
        notifier: { handlers: [] },
        chains: [
          {
            name: 'local',
            rpc: { urls: [url] },
            governance: { system: 'wemixvisor-rpc' },
            scheduler: { minUpgradeDelay: '0s' },
            upgradeInfo: { home, when: 'on-schedule' },
          },
        ],
      },
      { handlers: [{ type: 'own', handle }], log: { info: write, warn: write, error: write } },
    )
    return { monitor, told }
  }

  it('leaks it into no state, log or notification, and the file holds the plan byte for byte', async () => {
    using place = scratch()
    const { server, url } = await startEcho()
    const info = { binaries: { 'linux/amd64': `https://example.com/${secret}?checksum=sha256:${'a'.repeat(64)}` } }
    const words = (title: string) => ({ content: { title: `${title} ${secret}`, description: `Words ${secret}` } })
    server.behave({ status: { node_info: { version: `v1-${secret}`, network: 'wemix' } } })
    server.put(wire('5', `none-${secret}`))
    server.put(wire('6', 'voting', { ...words('Six'), proposer: secret }))
    const { monitor, told } = listening(url, place)
    await monitor.sync()
    server.put(wire('8', 'voting', words('Eight')))
    server.mine()
    await monitor.sync()
    expect(JSON.stringify(told)).toContain('Eight (secret)')
    const state = (): string => ['', '-wal'].map((end) => textOf(`${place.state}${end}`)).join('')
    expect(state()).toContain('Six (secret)')
    expect(state()).not.toContain(secret)

    server.put(upgrade('9', 'passed', { name: 'v2', height: 1_100, info: JSON.stringify(info) }))
    server.mine()
    await monitor.sync()
    expect(place.file()).toStrictEqual({ name: 'v2', height: 1_100, info })
    expect(JSON.stringify(told)).toContain('example.com/(secret)?checksum=sha256:aaa')
    expect(JSON.stringify(told)).not.toContain(secret)
  })

  it('leaks it into no summary of a check, member list or parameters', async () => {
    const conceal = (text: string): string => text.replaceAll(secret, '(secret)')
    const reader = hideSecrets(
      {
        ...readerOver(['http://127.0.0.1:1']),
        check: () => Promise.resolve([{ system: 'own', contract: 'gov', summary: `Runs ${secret}` }]),
        readMembers: () => Promise.resolve([{ address: 'a', role: 'voter', name: secret }]),
        readParameters: () =>
          Promise.resolve([{ contract: 'gov', clock: 'block', name: secret, details: { a: [secret, { b: secret }] } }]),
      },
      conceal,
    )
    const all = await Promise.all([reader.check(signal), reader.readMembers(signal), reader.readParameters(signal)])
    expect(JSON.stringify(all)).not.toContain(secret)
    expect(JSON.stringify(all).match(/\(secret\)/g)).toHaveLength(5)
  })

  it('leaks it to no witness that vouches for a reading', async () => {
    const reports = reading(10, [proposal('1', { title: `One ${secret}` })])
    const reader = hideSecrets(nodeThat({ reports: () => reports }), (text) => text.replaceAll(secret, '(secret)'))
    const heard: unknown[] = []
    const vouch = ({ proposals }: UnvouchedReading): Promise<void> => Promise.resolve(void heard.push(proposals))

    const { proposals } = await reader.read({ open: [], signal, vouch })
    expect(heard).toMatchObject([[{ title: 'One (secret)' }]])
    expect(proposals).toMatchObject([{ title: 'One (secret)' }])
    expect((await reader.read({ open: [], signal })).proposals).toStrictEqual(proposals)
  })
})

it('keeps everything that the reader can do and declares', () => {
  const { asked: _asked, requests: _requests, ...node } = nodeThat({ host: 'a' })
  const whole: Required<GovernanceReader> = {
    ...node,
    host: 'a',
    traits: { repeatsEnds: 'always', doubts: 'own' },
    endpoints: () => [],
    readHead: () => Promise.reject(new Error()),
    readNodeState: () => Promise.reject(new Error()),
    readSignature: () => Promise.reject(new Error()),
    readScheduled: () => Promise.reject(new Error()),
  }
  const hidden = hideSecrets(whole, (text) => text)
  expect(Object.keys(hidden).sort()).toStrictEqual(Object.keys(whole).sort())
  expect(hidden.traits).toBe(whole.traits)
})
