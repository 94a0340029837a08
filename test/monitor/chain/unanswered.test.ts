import { json } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { announcementId } from '../../../src/domain/proposals/announced.js'
import { createReaders } from '../../../src/monitor/chain/createReaders.js'
import { hideSecrets } from '../../../src/monitor/chain/hideSecrets.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { listen } from '../../support/servers/listen.js'

const { signal } = new AbortController()
const address = `0x${'12'.repeat(20)}`
const systems = [
  { system: 'governor', address },
  { system: 'gov-base', address },
  { system: 'wemix' },
  { system: 'upgrade-entrypoint', address },
  { system: 'wemixvisor-rpc' },
] as const

/** The reader of one node, as the monitor creates it. */
function nodeAt(url: string, governance: (typeof systems)[number]): GovernanceReader {
  const { chains } = parseConfig({ chains: [{ name: 'local', rpc: { urls: [url] }, governance }] })
  const [node] = createReaders(chains[0]!, { now: () => Date.now() }).nodes
  return hideSecrets(node!, (text) => text)
}

/** Asks the node for a proposal, and for a block. */
const asked = (node: GovernanceReader) => {
  const id = node.system === 'upgrade-entrypoint' ? announcementId(1n, 1) : '1'
  return Promise.allSettled([node.readProposal(address, id, signal), node.readBlock(1n, signal)])
}

describe('a node that fails', () => {
  it.each(systems)('has not answered if its port is closed or its connections are cut: $system', async (governance) => {
    const cutting = await listen((request) => void request.socket.destroy())
    onTestFinished(() => cutting.stop())
    for (const url of ['http://127.0.0.1:1', cutting.url])
      expect(await asked(nodeAt(url, governance))).toMatchObject([
        { reason: { unanswered: true } },
        { reason: { unanswered: true } },
      ])
  })

  it.each(systems)('has not answered if its gateway says that it is down: $system', async (governance) => {
    let [status, text] = [0, '']
    const gateway = await listen((_request, response) => void response.writeHead(status).end(text))
    onTestFinished(() => gateway.stop())
    for ([status, text] of [
      [502, '<html><title>502 Bad Gateway</title></html>'],
      [503, '<html><title>503 Service Temporarily Unavailable</title></html>'],
      [503, 'no healthy upstream'],
      [504, '<html><title>504 Gateway Time-out</title></html>'],
      [521, 'error code: 521'],
    ] as const)
      expect(await asked(nodeAt(gateway.url, governance))).toMatchObject([
        { reason: { unanswered: true } },
        { reason: { unanswered: true } },
      ])
  })

  it.each(systems)('has not answered while it asks for no requests: $system', async (governance) => {
    const busy = await listen((_request, response) => void response.writeHead(429, { 'retry-after': '5' }).end())
    onTestFinished(() => busy.stop())
    const node = nodeAt(busy.url, governance)
    await asked(node)
    expect(await asked(node)).toMatchObject([{ reason: { unanswered: true } }, { reason: { unanswered: true } }])
  })

  it.each(systems)('has answered if it refuses: $system', async (governance) => {
    let [status, text] = [0, '']
    const refusing = await listen((_request, response) => void response.writeHead(status).end(text))
    onTestFinished(() => refusing.stop())
    for ([status, text] of [
      [403, ''],
      [429, 'Too many requests'],
      [500, ''],
      [200, 'Not JSON.'],
    ] as const)
      expect(await asked(nodeAt(refusing.url, governance))).toMatchObject([
        { reason: { unanswered: false } },
        { reason: { unanswered: false } },
      ])
  })

  it.each(systems)(
    'has answered with an error of its own, also with the status of an outage: $system',
    async (governance) => {
      const failing = await listen((request, response) => {
        void json(request).then((calls) => {
          const error = { code: -32000, message: 'header not found' }
          const answers = [calls]
            .flat()
            .map((call) => ({ jsonrpc: '2.0', id: z.object({ id: z.number() }).parse(call).id, error }))
          response.writeHead(503, { 'content-type': 'application/json' })
          response.end(JSON.stringify(Array.isArray(calls) ? answers : answers[0]))
        })
      })
      onTestFinished(() => failing.stop())
      expect(await asked(nodeAt(failing.url, governance))).toMatchObject([
        { reason: { unanswered: false } },
        { reason: { unanswered: false } },
      ])
    },
  )
})
