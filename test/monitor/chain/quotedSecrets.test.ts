import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { createMonitor } from '../../../src/monitor.js'
import { hideSecrets } from '../../../src/monitor/chain/hideSecrets.js'
import { readerOver, signal } from '../../sources/governance/wemixvisorRpc/following.js'
import { listen } from '../../support/servers/listen.js'
import { key, type Governance } from './hideSecretsGiven.js'

describe('a failed request for the head', () => {
  it('contains no secret', async () => {
    const conceal = (text: string): string => text.replaceAll(key, '(secret)')
    const readHead = (): Promise<never> => Promise.reject(new SourceError('transient', `GET /v3/${key} failed.`))

    await expect(
      hideSecrets({ ...readerOver(['http://127.0.0.1:1']), readHead }, conceal).readHead?.(signal),
    ).rejects.toMatchObject({
      message: 'GET /v3/(secret) failed.',
    })
  })
})

describe('a receiver that redirects to a host named after a secret', () => {
  it('leaks no secret of the configuration into the state file', async () => {
    const server = await listen((request, response) =>
      response.writeHead(302, { location: `http://${request.url?.split('/').at(-1)}.example/` }).end(),
    )
    const node = await listen((_request, response) => response.writeHead(404).end())
    const path = mkdtempSync(join(tmpdir(), 'govstream-hideSecrets-'))
    onTestFinished(() => server.stop())
    onTestFinished(() => node.stop())
    onTestFinished(() => rmSync(path, { recursive: true }))
    await createMonitor({
      state: join(path, 'state.db'),
      notifier: { handlers: [{ type: 'webhook', url: `${server.url}/hook/H00kKey` }] },
      chains: [{ name: 'local', rpc: { urls: [node.url] }, governance: { system: 'wemixvisor-rpc' } }],
    }).sync()
    const files = readdirSync(path)
      .map((name) => readFileSync(join(path, name), 'latin1'))
      .join('')
    expect(files).toContain('redirects to (secret).example')
    expect(files.toLowerCase()).not.toContain('h00kkey')
  })
})

describe('a node that redirects', () => {
  it.each<[string, (url: string) => Governance]>([
    ['governor', () => ({ system: 'governor', address: `0x${'1'.repeat(40)}` })],
    ['wemixvisor-rpc', () => ({ system: 'wemixvisor-rpc' })],
    ['cosmos', (url) => ({ system: 'cosmos', rest: [url] })],
  ])('is not followed, and the error names only the host of the target (%s)', async (_system, governance) => {
    let reached = 0
    const other = await listen((_request, response) => {
      reached += 1
      response.end('{}')
    })
    const server = await listen((_request, response) =>
      response.writeHead(307, { location: `${other.url}/v3/${key}` }).end('moved'),
    )
    onTestFinished(() => other.stop())
    onTestFinished(() => server.stop())
    const [result] = await createMonitor({
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [{ name: 'local', rpc: { urls: [server.url] }, governance: governance(server.url) }],
    }).sync()
    expect(result).toMatchObject({ ok: false, failure: { kind: 'permanent' } })
    const { message } = result?.ok === false ? result.failure : { message: '' }
    expect(message).toContain(
      `redirects to ${new URL(other.url).host} (HTTP 307). No redirect is followed: configure the final address.`,
    )
    expect(message).not.toContain(key)
    expect(reached).toBe(0)
  })
})
