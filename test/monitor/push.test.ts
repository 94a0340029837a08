import { describe, expect, onTestFinished } from 'vitest'
import type { LogWriter } from '../../src/channels/Channel.js'
import { configOf } from '../sources/governance/cosmos/monitorGiven.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startCosmosServer } from '../support/servers/cosmosServer.js'
import { type PushServer, startPushServer } from '../support/servers/pushServer.js'
import { chainOf, watch } from './watching.js'

const it = onSharedChain.extend('hub', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))

/** Polls are an hour apart: anything sooner was pushed. */
const seldom = { pollInterval: '1h' }

function logged(): { readonly log: LogWriter; readonly lines: string[] } {
  const lines: string[] = []
  const write = (fields: object, text?: string): void => void lines.push(`${JSON.stringify(fields)} ${text}`)
  return { lines, log: { info: write, warn: write, error: write } }
}

/** The WebSocket of a CometBFT node. */
async function cometSocket(port = 0): Promise<PushServer> {
  const server = await startPushServer({ port, answer: () => JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }) })
  onTestFinished(() => server.stop())
  return server
}
const newHeader = (height: number): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: {
      query: "tm.event='NewBlockHeader'",
      data: { type: 'tendermint/event/NewBlockHeader', value: { header: { height: String(height) } } },
    },
  })

describe('pushed heads', () => {
  it('trigger a poll of an Ethereum node at once', async ({ chain }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { rpc: { ws: chain.url.replace('http', 'ws') }, monitor: seldom })],
    })
    await watching.settle()
    const id = await people.actor.propose({ description: '# Sooner' })

    expect(await watching.told('new_proposal', id)).toMatchObject({ event: 'new_proposal' })
  })

  it('carry no data: a push of a block that the node does not have only triggers a poll', async ({ hub, place }) => {
    const socket = await cometSocket()
    const chain = configOf(hub, { home: place.home })
    await using watching = watch({ chains: [{ ...chain, rpc: { ...chain.rpc, ws: socket.url }, monitor: seldom }] })
    await watching.settle()
    await socket.opened(1)
    hub.put(1, { title: 'Told by the node' })
    hub.mine(1)
    socket.say(newHeader(9_999_999))
    await watching.told('new_proposal', 1n)

    expect(watching.health.at(-1)).toMatchObject({ state: 'up' })
    expect(watching.monitor.snapshot().heads).toMatchObject([{ number: BigInt(hub.height()) }])
  })

  it('resume after the socket was cut, and the log reports both, without the key in the address', async ({
    hub,
    place,
  }) => {
    const { log, lines } = logged()
    const socket = await cometSocket()
    const chain = configOf(hub, { home: place.home })
    const ws = `${socket.url}/s3cr3t`
    await using watching = watch({ chains: [{ ...chain, rpc: { ...chain.rpc, ws }, monitor: seldom }] }, { log })
    await watching.settle()
    await socket.opened(1)
    socket.each((client) => client.terminate())
    await socket.opened(2)
    hub.put(1, { title: 'After the cut' })
    hub.mine(1)
    socket.say(newHeader(hub.height()))
    await watching.told('new_proposal', 1n)

    const told = lines.filter((line) => line.includes('pushed'))
    expect(told[0]).toContain('no heads are pushed, polls go on:')
    expect(told[0]).toContain('closed the WebSocket (the connection was cut). It is tried again in 1 s.')
    expect(told[1]).toContain('heads are pushed again')
    expect(lines.join()).not.toContain('s3cr3t')
  })

  it('are optional: polls continue at their interval when the socket is refused', async ({ chain }) => {
    const people = await chain.deploy()
    const refusing = await startPushServer({ refuses: 403 })
    onTestFinished(() => refusing.stop())
    await using watching = watch({ chains: [chainOf(chain.url, people.governor, { rpc: { ws: refusing.url } })] })
    const id = await people.actor.propose({ description: '# By polling' })
    await watching.told('new_proposal', id)

    expect(watching.events()).not.toContain('source_down')
    await expect.poll(() => refusing.handshakes.length).toBeGreaterThan(0)
  })
})
