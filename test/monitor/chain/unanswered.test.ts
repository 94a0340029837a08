import { describe, expect, it, onTestFinished } from 'vitest'
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

  it.each(systems)('has answered if it refuses: $system', async (governance) => {
    const refusing = await listen((_request, response) => void response.writeHead(403).end())
    onTestFinished(() => refusing.stop())
    expect(await asked(nodeAt(refusing.url, governance))).toMatchObject([
      { reason: { unanswered: false } },
      { reason: { unanswered: false } },
    ])
  })
})
