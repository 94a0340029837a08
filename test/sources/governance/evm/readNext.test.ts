import { describe, expect } from 'vitest'
import type { Chain } from '../../../support/chain.js'
import type { Behaviour } from '../../../support/servers/countingProxy.js'
import { follow, readerOf } from '../governor/follow.js'
import { logsIn } from '../governor/spoilLogs.js'
import { onOwnChain as it } from '../../../support/fixtures.js'

/** The node reports its head, but has no block. */
const namesOnly: Behaviour = {
  rewrite: (call, answer) =>
    call.method === 'eth_chainId' || call.params?.[0] === 'latest'
      ? answer
      : { error: { code: -32000, message: 'header not found' } },
}

/** A reader at this address that has two blocks of the history left to read. */
async function halfRead(chain: Chain, url: string): Promise<ReturnType<typeof follow>> {
  const { governor, actor } = await chain.deploy()
  let time = Date.now()
  const reader = follow({ urls: [url], addresses: [governor], maxLogRange: 10, now: () => (time += 60_000) })
  await reader.poll()
  await actor.mine(12)
  expect((await reader.portion()).backlog).toBe(2n)
  return reader
}

describe('a node of another chain', () => {
  it('is reported as such after a restart, too, and not as a chain that was reset', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    const options = { urls: [proxy.url], addresses: [governor] }
    const { poll, restarted } = follow(options)
    await poll()
    await chain.client.mine({ blocks: 1 })
    proxy.behave({ chainId: 999 })
    await expect(restarted(readerOf(options)).poll()).rejects.toThrow('is on chain 999, expected 31337')
  })
})

describe('a block that a node has announced but does not have yet', () => {
  it('is waited for: the poll reports nothing new and does not fail', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, cursor, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const { at } = await poll()
    const id = await actor.propose({ description: 'Later' })
    proxy.behave(namesOnly)
    expect(await poll()).toMatchObject({ at, head: { number: at.number + 1n }, proposals: [], warnings: [] })
    expect(cursor()).toMatchObject({ at: { number: at.number.toString() } })
    proxy.behave({})
    await poll()
    expect(proposal(id)?.title).toBe('Later')
  })
})

describe('a node that is below what was read, on the same chain', () => {
  it('is lagging: its answers are not used, and the reading says so', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, cursor, proposals } = follow({ urls: [chain.url], addresses: [governor] })
    await actor.propose({ description: 'Goes' })
    await actor.mine(1)
    const { at } = await poll()
    await chain.rollback(2)
    const behind = await poll()
    expect(behind).toMatchObject({ lagging: true, at, proposals: [], retracted: [] })
    expect(proposals.size).toBe(1)
    expect(cursor()).toMatchObject({ at: { number: at.number.toString() } })
    // The block of the proposal has changed by now.
    await actor.mine(3)
    const past = await poll()
    expect(past.retracted).toHaveLength(1)
    expect(past).not.toHaveProperty('lagging')
  })

  it('fails if only part of the history was read', async ({ chain }) => {
    const { portion } = await halfRead(chain, chain.url)
    await chain.rollback(6)
    await expect(portion()).rejects.toMatchObject({ wentBack: true })
  })
})

describe('a long absence after the first sync', () => {
  it('is caught up with in portions, and each of them reports its votes', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingPeriod: 1_000 })
    let time = Date.now()
    const { poll, portion } = follow({
      urls: [proxy.url],
      addresses: [governor],
      maxLogRange: 10,
      now: () => (time += 2_000),
    })
    const id = await actor.propose({ description: 'Long' })
    await poll()
    await actor.mine(40)
    await actor.vote(id, 1, 0)
    expect((await portion()).backlog).toBeGreaterThan(0n)
    expect((await poll()).votes).toMatchObject([{ id: id.toString(), choice: 'yes' }])
  })
})

describe('a node that loses the last blocks of a history that was partly read', () => {
  it('fails, so that a part of the history is not taken for the whole', async ({ chain, proxy }) => {
    const { portion } = await halfRead(chain, proxy.url)
    proxy.behave(namesOnly)
    await expect(portion()).rejects.toThrow('does not have block')
  })
})

describe('a reorg deeper than the confirmations', () => {
  it('is detected by the next poll, though the new branch is no longer than the old one', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor], finality: 2 })
    await actor.mine(5)
    await poll()
    await actor.propose({ description: 'Goes' })
    await actor.mine(2)
    const { head } = await poll()
    expect(proposals.size).toBe(1)
    await chain.reorg(4)
    const reading = await poll()
    expect(reading.head.number).toBe(head.number)
    expect(reading.retracted).toHaveLength(1)
  })
})

describe('blocks whose logs a node withholds', () => {
  it('are read again, but only the last two, so that no poll takes long', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    const blocks: string[] = []
    for (const description of ['One', 'Two', 'Three']) {
      await actor.propose({ description })
      blocks.push((await poll()).at.number.toString())
    }
    expect(cursor()).toMatchObject({ unsure: blocks.slice(1) })
  })
})
