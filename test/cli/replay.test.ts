import { afterEach, beforeEach, describe, expect, it as plain, vi } from 'vitest'
import { carryOut, pass, upgradeDraft } from '../monitor/upgradeStory.js'
import { chainOf } from '../monitor/watching.js'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCli } from '../../src/cli/runCli.js'
import type { Ended } from '../support/cli.js'
import { cliHere, commandHere } from '../support/cliHere.js'
import { parseStory } from '../support/cosmosStory/recorded.js'
import { serveStory } from '../support/cosmosStory/serveStory.js'
import { replayArgs, writeStoryConfig } from '../support/cosmosStory/storyConfig.js'
import { aPlace, onOwnChain as it, untilDone } from '../support/fixtures.js'
import { temporaryDirectory } from '../support/storeGiven.js'

// A replay leaves its directory to the user.
let temporary: ReturnType<typeof temporaryDirectory>
beforeEach(() => {
  temporary = temporaryDirectory()
  vi.stubEnv('TMPDIR', temporary.path)
})
afterEach(() => {
  vi.unstubAllEnvs()
  temporary[Symbol.dispose]()
})

/** The directories that replays have left. */
const left = (): readonly string[] => readdirSync(temporary.path).filter((name) => name.startsWith('govstream-replay-'))

describe('replay', () => {
  it('prints the events of an upgrade from the first vote to completion, reproducibly, and sends nothing', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const from = await chain.client.getBlockNumber()
    const height = await chain.heightIn(60)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await carryOut(people, id, () => Promise.resolve())
    await chain.mineTo(height + 4)
    const config = join(dirname(place.state), 'govstream.yaml')
    const handlers = [{ type: 'webhook', url: 'http://127.0.0.1:1/nobody' }]
    const chains = [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })]
    writeFileSync(config, JSON.stringify({ state: place.state, notifier: { handlers }, chains }))
    const args = ['replay', '--chain', 'local', '--from', `${from}`, '--to', `${height + 4}`, '--config', config]

    const first = await cliHere(args, dirname(place.state))
    expect(first.code).toBe(0)
    const said = first.out.split('\n').map((line) => line.replace(/^\S+ \S+ +/, '').replaceAll(String(id), 'ID'))
    expect(said.filter((line) => /^(?:Upgrade|Wrote|Notified .critical)/.test(line))).toStrictEqual([
      `Upgrade v2 at height ${height}, proposal ID: in the vote`,
      `Upgrade v2 at height ${height}, proposal ID: scheduled`,
      `Wrote SCRATCH/home/data/upgrade-info.json for proposal ID; confirmed by ${new URL(chain.url).host} (block)`,
      `Upgrade v2 at height ${height}, proposal ID: its height is reached`,
      `Notified (critical): Upgrade v2 triggered at height ${height}`,
      `Upgrade v2 at height ${height}, proposal ID: completed`,
    ])
    expect(said.filter((line) => line.startsWith('Delivered'))).toStrictEqual([])
    expect(place.file()).toBeUndefined()
    expect((await cliHere(args, dirname(place.state))).out).toBe(first.out)
    expect(left()).toHaveLength(2)
    expect(first.err).toMatch(
      new RegExp(`^The file and the state of this replay lie in ${temporary.path}/govstream-replay-\\w+\\.\n$`),
    )
  })

  it('prints the write for a plan of the operator, with SCRATCH in place of the temporary path', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const from = await chain.client.getBlockNumber()
    const height = await chain.heightIn(10)
    await chain.mineTo(height + 4)
    const config = join(dirname(place.state), 'govstream.yaml')
    const plans = [{ name: 'sound', height }]
    const chains = [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })]
    writeFileSync(config, JSON.stringify({ state: place.state, chains: [{ ...chains[0], plans }] }))
    const args = ['replay', '--chain', 'local', '--from', `${from}`, '--to', `${height + 4}`, '--config', config]

    const first = await cliHere(args, dirname(place.state))
    expect(first.out).toContain('Wrote SCRATCH/home/data/upgrade-info.json for your own plan sound')
    expect(first.out).not.toMatch(/govstream-replay-/)
    expect((await cliHere([...args, '--json'], dirname(place.state))).out).not.toMatch(/govstream-replay-/)
  })

  it('prints nothing of an interrupted replay, and fails', async ({ chain, place }) => {
    const people = await chain.deploy()
    const config = join(dirname(place.state), 'govstream.yaml')
    writeFileSync(config, JSON.stringify({ state: place.state, chains: [chainOf(chain.url, people.governor)] }))
    const { context, said } = commandHere()
    const interrupted = { ...context, signal: AbortSignal.abort() }
    expect(
      await runCli(['replay', '--chain', 'local', '--from', '1', '--to', '3', '--config', config], interrupted),
    ).toBe(1)
    expect(said().out).toBe('')
    expect(said().err).toMatch(/^Interrupted: .*none of it is printed\.\n$/)
    expect(left()).toStrictEqual([])
  })

  it('prints its progress every ten seconds on a terminal', async ({ chain, place }) => {
    const people = await chain.deploy()
    const from = Number(await chain.client.getBlockNumber())
    await chain.mineTo(from + 3)
    const config = join(dirname(place.state), 'govstream.yaml')
    writeFileSync(config, JSON.stringify({ state: place.state, chains: [chainOf(chain.url, people.governor)] }))
    const args = ['replay', '--chain', 'local', '--from', `${from}`, '--to', `${from + 3}`, '--config', config]
    const notesFor = async (attended: boolean): Promise<readonly string[]> => {
      const { context, said } = commandHere()
      let time = 0
      const looking = { ...context, terminal: { ...context.terminal, attended }, now: () => (time += 6_000) }
      await runCli(args, looking)
      return said().err.split('\n').slice(0, -2)
    }
    expect(await notesFor(false)).toStrictEqual([])
    expect(await notesFor(true)).toStrictEqual(['2 of 4 blocks, about 12 s to go', '4 of 4 blocks, about 0 s to go'])
  })

  it('distinguishes a missing block from a node that does not answer', async ({ chain, place }) => {
    const people = await chain.deploy()
    const config = join(dirname(place.state), 'govstream.yaml')
    const replayOn = async (url: string, ...span: readonly string[]): Promise<string> => {
      writeFileSync(config, JSON.stringify({ state: place.state, chains: [chainOf(url, people.governor)] }))
      const { code, err } = await cliHere(
        ['replay', '--chain', 'local', ...span, '--config', config],
        dirname(place.state),
      )
      expect(code).toBe(75)
      return err
    }
    expect(await replayOn(chain.url, '--from', '900000', '--to', '900001')).toContain(
      'The node of local has no block 900000.',
    )
    expect((await replayOn(chain.url, '--from', '900000', '--to', '900001')).replace(/\s+/g, ' ')).toContain(
      'no node has a block that is still to come.',
    )
    expect(await replayOn('http://127.0.0.1:1', '--from', '1', '--to', '2')).toMatch(
      /Block 1 of local could not be read: .*ECONNREFUSED/,
    )
    expect(await replayOn(chain.url, '--from', '0', '--to', '2')).toContain('At block 0: There is no contract at')
  })

  it('exits with 1 if the contract cannot be read at the newest block either: another time does not help', async ({
    chain,
    place,
  }) => {
    const config = join(dirname(place.state), 'govstream.yaml')
    const nobody = `0x${'ab'.repeat(20)}`
    writeFileSync(config, JSON.stringify({ state: place.state, chains: [chainOf(chain.url, nobody)] }))
    const args = ['replay', '--chain', 'local', '--from', '0', '--to', '0', '--config', config]
    const { code, err } = await cliHere(args, dirname(place.state))
    expect(err).toContain('There is no contract at')
    expect(err).not.toContain('archive node')
    expect(code).toBe(1)
  })

  it.for([{ system: 'fork-config' }, { system: 'wemixvisor-rpc' }, { system: 'signal', rest: ['http://127.0.0.1:1'] }])(
    'refuses a chain without past state: %j',
    async (governance, { place }) => {
      const config = join(dirname(place.state), 'govstream.yaml')
      const chains = [{ name: 'hub', rpc: { urls: ['http://127.0.0.1:1'] }, governance }]
      writeFileSync(config, JSON.stringify({ state: place.state, chains }))
      const args = ['replay', '--chain', 'hub', '--from', '1', '--to', '2', '--config', config]
      const { code, err } = await cliHere(args, dirname(place.state))
      expect(code).toBe(2)
      expect(err).toContain(`not one of ${governance.system}`)
    },
  )

  it('exits with 75 if the node has no such block, and with 2 for an invalid range', async ({ chain, place }) => {
    const people = await chain.deploy()
    const config = join(dirname(place.state), 'govstream.yaml')
    writeFileSync(config, JSON.stringify({ state: place.state, chains: [chainOf(chain.url, people.governor)] }))
    const replay = (...args: readonly string[]) =>
      cliHere(['replay', ...args, '--config', config], dirname(place.state))
    const beyond = ['--chain', 'local', '--from', '900000', '--to', '900001']
    expect(await replay(...beyond)).toMatchObject({ code: 75, out: '' })
    expect(await replay(...beyond, '--json')).toMatchObject({ code: 75, out: 'null\n' })
    expect(await replay('--chain', 'local', '--from', '9', '--to', '8')).toMatchObject({ code: 2 })
    expect(await replay('--chain', 'nowhere', '--from', '1', '--to', '8')).toMatchObject({ code: 2 })
    expect(left()).toStrictEqual([])
  })
})

describe('replay of a Cosmos chain', () => {
  const story = parseStory(readFileSync(new URL('../support/cosmosStory/story.jsonl', import.meta.url), 'utf8'))
  const onStory = plain
    .extend('server', ({}, cleaning) => untilDone(serveStory(story), cleaning))
    .extend('place', aPlace)
    .extend('replay', ({ server, place }) => {
      const home = dirname(place.state)
      const config = writeStoryConfig(home, server.url, story.voters)
      return (from: number, to: number): Promise<Ended> => cliHere(replayArgs(config, from, to), home)
    })

  onStory(
    'prints the recorded events of a passed, a rejected and a cancelled plan, reproducibly',
    async ({ server, place, replay }) => {
      const first = await replay(3, 39)
      expect(first.code).toBe(0)
      const { host } = new URL(server.url)
      const said = first.out
        .split('\n')
        .map((line) => line.replace(/^\S+ \S+ +/, '').replace(/,? [Rr]eported by \S+$/, ''))
      expect(
        said.filter((line) => /^(?:Proposal . went|The plan|Upgrade|Wrote|Notified .critical)/.test(line)),
      ).toStrictEqual([
        'Upgrade early at height 38, proposal 2: in the vote',
        'Upgrade bad at height 39, proposal 3: in the vote',
        'Proposal 1 went from voting to passed in block 12',
        'Proposal 2 went from voting to passed in block 13',
        'Upgrade early at height 38, proposal 2: scheduled',
        'Proposal 3 went from voting to rejected in block 14',
        'Upgrade bad at height 39, proposal 3: no longer in the vote',
        'Upgrade v2 at height 36, proposal 5: in the vote',
        'The plan of proposal 2, early at height 38, no longer stands. The chain has no upgrade scheduled any more: it was cancelled, or skipped.',
        'Proposal 4 went from voting to passed in block 25',
        'Upgrade early at height 38, proposal 2: cancelled. The chain has no upgrade scheduled any more: it was cancelled, or skipped.',
        'Proposal 5 went from voting to passed in block 31',
        'Upgrade v2 at height 36, proposal 5: scheduled',
        'Upgrade v2 at height 36, proposal 5: near, reminder of 3 blocks',
        'Upgrade v2 at height 36, proposal 5: the last block before it is reached',
        'Notified (critical): The halt height of v2 is reached: block 35',
        `Wrote SCRATCH/home/data/upgrade-info.json for proposal 5; confirmed by ${host} (block)`,
        'Upgrade v2 at height 36, proposal 5: its height is reached',
        'Notified (critical): Upgrade v2 triggered at height 36',
        'The plan of proposal 5, v2 at height 36, was carried out by the chain at height 36',
        'Upgrade v2 at height 36, proposal 5: completed',
      ])
      expect(said.filter((line) => /voted/i.test(line))).toStrictEqual([
        'Notified (high): Not voted yet, 3 s left: A word to the validators',
        'Notified (high): Not voted yet, 3 s left: Upgrade early',
        'Notified (high): Not voted yet, 3 s left: Upgrade bad',
        'Notified (high): Not voted yet, 3 s left: Cancel early',
        'Notified (low): Voted: Upgrade v2',
      ])
      expect(said.filter((line) => line.startsWith('Delivered'))).toStrictEqual([])
      expect(place.file()).toBeUndefined()
      const asked = server.requests.length
      expect(asked / 37).toBeLessThan(11)
      expect((await replay(3, 39)).out).toBe(first.out)
      expect(server.requests).toHaveLength(2 * asked)
    },
  )

  onStory('fails if a server, or a gateway, answers for another block than requested', async ({ server, replay }) => {
    server.behave({ dropsHeader: true })
    const { code, out, err } = await replay(20, 22)
    expect(err).toMatch(/answers for block 39 where block 20 was asked for: it, or a proxy in front of it, drops/)
    expect(err).not.toContain('archive')
    expect([code, out]).toStrictEqual([1, ''])
  })

  onStory('fails if a server does not say which block it answers for', async ({ server, replay }) => {
    server.behave({ hidesHeight: true })
    const { code, err } = await replay(20, 22)
    expect(err).toContain('does not say which block its answer is for')
    expect(code).toBe(1)
  })

  onStory('fails if a refusal does not say which block it is for', async ({ server, replay }) => {
    server.behave({ refusesWithoutHeight: true })
    const { code, out, err } = await replay(3, 12)
    expect(err).toContain('does not say which block its answer is for')
    expect([code === 0, out]).toStrictEqual([false, ''])
  })

  onStory('starts at the height of a plan with the state that nodes had then', async ({ replay }) => {
    const { out } = await replay(36, 37)
    const said = out.split('\n').map((line) => line.replace(/^\S+ \S+ +/, '').replace(/,? [Rr]eported by \S+$/, ''))
    expect(said.filter((line) => line.startsWith('Upgrade'))).toStrictEqual([
      'Upgrade v2 at height 36, proposal 5: scheduled',
      'Upgrade v2 at height 36, proposal 5: its height is reached',
      'Upgrade v2 at height 36, proposal 5: completed',
    ])
  })

  onStory('asks for a later start if the plan at the first block is pruned', async ({ server, replay }) => {
    server.behave({ prunedBelow: 36 })
    const { code, err } = await replay(36, 37)
    expect(err).toContain('whether block 36 is the height of a plan is unknown: begin one block later')
    expect(code).toBe(75)
  })

  onStory('exits with 75 if the past state is pruned, or if there is no such block', async ({ server, replay }) => {
    server.behave({ prunedBelow: 30 })
    const { code, err } = await replay(20, 22)
    expect(err).toContain('has no state of block 20: ')
    expect(err).toContain('use an archive node')
    expect(code).toBe(75)
    const beyond = await replay(900, 901)
    expect(beyond.err).toContain('The node of story has no block 900.')
    expect([beyond.code, beyond.out]).toStrictEqual([75, ''])
  })
})
