import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect } from 'vitest'
import { carry, upgradeDraft } from './monitor/upgradeStory.js'
import { buildWhereStale } from './process/buildWhereStale.js'
import { openStore } from '../src/store/openStore.js'
import { bundled } from './support/programs/bundled.js'
import { onSharedChain as it } from './support/fixtures.js'
import { startLiveServer } from './support/servers/liveServer.js'
import { announcement, temporaryDirectory, turn } from './support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

const root = fileURLToPath(new URL('..', import.meta.url))

/** An example run on the built library, bundled with its imports into one file. */
const startExample = (name: string, ...args: readonly string[]) =>
  startNode(name, bundled(`examples/${name}.ts`), ...args)

/** An example started as its first lines say. */
const startSource = (name: string) => startNode(name, '--import', 'tsx', `examples/${name}.ts`)

function startNode(name: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      for (const check of waiting) check()
    })
  }
  const closed = once(child, 'close')
  return {
    says: (words: string | RegExp) =>
      new Promise<void>((resolve, reject) => {
        const check = (): void => {
          if (typeof words === 'string' ? said.includes(words) : words.test(said)) resolve()
        }
        waiting.add(check)
        void closed.then(() => reject(new Error(`${name} ended before it said ${String(words)}:\n${said}`)))
        check()
      }),
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      await closed
      return child.exitCode
    },
  }
}

describe('the examples', () => {
  it('standalone logs what happens, and ends on a signal', async ({ chain }) => {
    const people = await chain.deploy()
    const example = startExample('standalone', chain.url, people.governor)
    const id = await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await example.says('New proposal: Upgrade to v2')
    await carry(people.actor, id)
    await example.says('Upgrade v2 scheduled for height 900,000')

    expect(await example.stop()).toBe(0)
  })

  it('embedded combines the queue and the heads with a client of its own', async ({ chain }) => {
    const people = await chain.deploy()
    const example = startExample('embedded', chain.url, people.governor)
    await example.says(/block \d+: no upgrade ahead/)
    const id = await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await carry(people.actor, id)
    const head = await chain.client.getBlockNumber()
    await example.says(`block ${head}: v2 in ${900_000n - head} blocks`)

    expect(await example.stop()).toBe(0)
  })

  it('tap prints large votes and every notification', async ({ chain }) => {
    const people = await chain.deploy()
    const example = startExample('tap', chain.url, people.governor, '0.3')
    const id = await people.actor.propose({ description: '# Thank you' })
    await example.says('[medium] New proposal: Thank you')
    await people.actor.toVotingStart(id)
    await people.actor.vote(id, 1, 2)
    await example.says(`${people.voters[2] ?? ''} votes yes with 100 on: Thank you`)

    expect(await example.stop()).toBe(0)
  })

  it('pipeline prints the changes that its operator lets through', async ({ chain }) => {
    const people = await chain.deploy()
    const example = startExample('pipeline', chain.url, people.governor)
    await people.actor.propose({ description: '# Thank you' })
    await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await example.says('proposalAppeared: Upgrade to v2')

    expect(example.said()).not.toContain('Thank you')
    expect(await example.stop()).toBe(0)
  })

  it('remote follows a govstream in another process', async () => {
    using directory = temporaryDirectory()
    const store = openStore({ path: `${directory.path}/a.db`, journal: 100 })
    const server = await startLiveServer({ store })
    const example = startExample('remote', server.url)
    await example.says('connected')
    await example.says('upgrades ahead: 0')
    server.commit(turn({ announcements: [announcement('1')] }))
    await example.says('[medium] New: 1')

    expect(await example.stop()).toBe(0)
    await server.stop()
    store.close()
  })

  it.each(['standalone', 'embedded', 'tap', 'pipeline', 'remote'])(
    '%s is under 80 lines, and says how to start it',
    async (name) => {
      const text = readFileSync(`${root}/examples/${name}.ts`, 'utf8')
      const example = startExample(name)
      await example.says(/usage: /)

      expect(text.split('\n').length).toBeLessThan(80)
      expect(text).toContain(`node --import tsx examples/${name}.ts`)
    },
  )

  it('tap starts as its first lines say', async () => {
    const example = startSource('tap')
    await example.says(/usage: /)
    expect(example.said()).toContain('tap.ts RPC_URL')
  })
})
