import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { onProgram as it } from './onProgram.js'
import { start } from './program.js'

beforeAll(() => buildWhereStale(), 180_000)

describe('the heartbeat of the program', () => {
  it('is sent while the chain is read, stops with the polls, and keeps its address out of the log', async ({
    chain,
    proxy,
  }) => {
    const { governor } = await chain.deploy()
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    proxy.behave({})
    using office = openOffice({ rpc: proxy.url, governor, heartbeat: `${server.url}/e7f1c0de-ping` })
    server.answerNext({ status: 500 })
    const program = start(['run', '--config', office.config])
    await server.waitFor(3)
    proxy.behave({ fail: 'drop' })
    await program.says('cannot be read')
    const before = server.requests.length
    // Each failed poll is followed by another one.
    await proxy.waitFor(proxy.requests.length + 5)
    // A call that was sent before the node failed may arrive later. Two are never under way.
    expect(server.requests.length).toBeLessThanOrEqual(before + 1)
    program.signal('SIGTERM')
    const { code, stderr } = await program.ended

    expect(code).toBe(0)
    expect(stderr).toContain('heartbeat failed: ')
    expect(stderr).not.toContain('e7f1c0de')
  })
})
