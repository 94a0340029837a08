import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import { createMonitor } from '../../src/monitor.js'
import { listen } from '../support/listen.js'

const key = 'abcdef0123456789abcdef0123456789'
type Governance = ConfigInput['chains'][number]['governance']

describe('a server that quotes the path it was asked for', () => {
  it.each<[string, (url: string) => Governance]>([
    ['governor', () => ({ system: 'governor', address: `0x${'1'.repeat(40)}` })],
    ['wemixvisor-rpc', () => ({ system: 'wemixvisor-rpc' })],
    ['cosmos', (url) => ({ system: 'cosmos', rest: [url] })],
  ])('does not bring the key in it into results and notifications (%s)', async (_system, governance) => {
    const server = await listen((request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end(`<pre>Cannot ${request.method} ${request.url}</pre>`)
    })
    onTestFinished(() => server.stop())
    const url = `${server.url}/v3/${key}?token=${key}`
    const told: string[] = []
    const monitor = createMonitor(
      { state: ':memory:', notifier: { handlers: [] }, chains: [{ name: 'local', rpc: { urls: [url] }, governance: governance(url) }] },
      { handlers: [{ type: 'own', handle: ({ message }) => { told.push(message); return Promise.resolve() } }] },
    )
    const results = await monitor.sync()

    expect(results.map((result) => (result.ok ? '' : result.failure.message)).join()).toContain('/v3/(secret)')
    expect(told).toHaveLength(1)
    expect(JSON.stringify([results, told])).not.toContain(key)
  })
})
