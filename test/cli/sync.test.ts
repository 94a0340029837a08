import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sync } from '../../src/cli/commands/sync.js'
import { openStore } from '../../src/store/openStore.js'
import { contract } from '../support/builders.js'
import { commandHere } from '../support/cliHere.js'
import { startPushServer } from '../support/servers/pushServer.js'
import { temporaryDirectory } from '../support/storeGiven.js'

describe('a sync whose state is taken by another process at the last moment', () => {
  it('is passed to that process', async () => {
    using directory = temporaryDirectory()
    const state = join(directory.path, 'state.db')
    openStore({ path: state }).close()
    const { context, said } = commandHere()
    const now = (): number => Date.now()
    const running = sync({ rpc: 'http://127.0.0.1:1', governor: contract, state }, { ...context, now })
    // No process held the state a moment ago: the command is about to take it.
    const other = openStore({ path: state })
    onTestFinished(() => other.close())
    other.claim(now())
    await expect.poll(() => other.pendingSyncs()).toHaveLength(1)
    for (const request of other.pendingSyncs()) other.finishSync(request, 'The disk is full.')

    expect(await running).toBe(75)
    expect(said().err).toContain('The disk is full.')
  })
})

describe('a sync of a chain whose node pushes heads', () => {
  it('opens no socket: it polls once', async () => {
    using directory = temporaryDirectory()
    const server = await startPushServer()
    onTestFinished(() => server.stop())
    const config = join(directory.path, 'govstream.yaml')
    const rpc = { urls: [server.url.replace('ws', 'http')], ws: server.url }
    const chains = [{ name: 'local', rpc, governance: { system: 'governor', address: contract } }]
    writeFileSync(config, JSON.stringify({ state: join(directory.path, 'state.db'), chains }))
    const { context } = commandHere()
    await sync({ config }, { ...context, now: () => Date.now() })

    expect(server.handshakes).toStrictEqual([])
  })
})
