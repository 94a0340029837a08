import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { compiled } from '../support/programs/bundled.js'
import { listen } from '../support/servers/listen.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const channels = ['a', 'b', 'c']
/** This one fails a third of the time, */
const failing = 'c'
/** but at most this often in a row: the back-off doubles each time, which would take too long here. */
const mostInARow = 3

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What the channels received from one life of the process, in order. */
type Life = Map<string, string[]>

interface History {
  readonly path: string
  readonly lives: readonly Life[]
  readonly kills: number
}

/** A state file, and processes that work with it one after the other; all but the last are killed midway. */
async function killedOver(
  { program, path, seed }: { readonly program: readonly string[]; readonly path: string; readonly seed: number },
  { notifications, kills }: { readonly notifications: number; readonly kills: number },
): Promise<History> {
  const random = seeded(seed)
  const lives: Life[] = []
  let onRequest = (): void => undefined
  let inARow = 0
  const server = await listen((request, response) => {
    const [, life = '', channel = ''] = (request.url ?? '').split('/')
    const fails = channel === failing && inARow < mostInARow && random() < 1 / 3
    if (channel === failing) inARow = fails ? inARow + 1 : 0
    request.resume().on('end', () => {
      if (!fails) {
        const own = lives[Number(life)]!
        own.set(channel, [...(own.get(channel) ?? []), String(request.headers['x-govstream-id'])])
      }
      response.writeHead(fails ? 503 : 200).end()
      onRequest()
    })
  })
  async function live(...args: readonly string[]): Promise<NodeJS.Signals | number | null> {
    lives.push(new Map())
    const url = `${server.url}/${lives.length - 1}`
    const child = spawn(process.execPath, [...program, path, url, ...args], { stdio: 'inherit' })
    const closed = once(child, 'close')
    const isLast = args.length > 1
    const die = (afterMs: number): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), afterMs)
    // Some die while they start; most at a request, of which each life has some thirty, or soon after it.
    const [requests, laterMs] = [Math.floor(random() * 36) - 2, random() * 4]
    let timer = isLast ? undefined : die(requests < 0 ? random() * 500 : 30_000)
    let seen = 0
    onRequest = () => {
      if (isLast) return
      seen += 1
      clearTimeout(timer)
      timer = die(seen >= requests ? laterMs : 400)
    }
    await closed
    clearTimeout(timer)
    return child.signalCode ?? child.exitCode
  }
  for (let life = 1; life <= kills; life++) expect(await live(String((notifications / kills) * life))).toBe('SIGKILL')
  expect(await live(String(notifications), 'end')).toBe(0)
  await server.stop()
  return { path, lives, kills }
}

/** Counts the repeated deliveries; each must be the last that its channel received from a process that was killed. */
function repeatedIn({ lives }: History): number {
  let again = 0
  for (const channel of channels) {
    const known = new Set<string>()
    const uncertain = new Set<string>()
    for (const life of lives) {
      const taken = life.get(channel) ?? []
      for (const id of taken) {
        if (known.has(id)) {
          again += 1
          // The crash came between the answer and its commit.
          expect(uncertain).toContain(id)
        }
        known.add(id)
      }
      const last = taken.at(-1)
      if (last !== undefined) uncertain.add(last)
    }
  }
  return again
}

describe('1,000 notifications for three channels, one of which fails a third of the time', () => {
  it('are all delivered across 100 kills, and repeated only if a kill came between answer and commit', async () => {
    using directory = temporaryDirectory()
    const program = compiled('test/support/programs/deliverUntilKilled.ts')
    // One that ends by itself leaves its machine code to all others.
    await killedOver({ program, path: join(directory.path, '0.db'), seed: 0 }, { notifications: 5, kills: 0 })
    const each = { notifications: 250, kills: 25 }
    const histories = await Promise.all(
      [1, 2, 3, 4].map((seed) => killedOver({ program, path: join(directory.path, `${seed}.db`), seed }, each)),
    )
    const ids = Array.from({ length: each.notifications }, (_, at) => `n${at}`).toSorted()
    for (const { path, lives } of histories) {
      for (const channel of channels)
        expect([...new Set(lives.flatMap((life) => life.get(channel) ?? []))].toSorted()).toStrictEqual(ids)
      const store = openStore({ path, readOnly: true })
      expect(store.stats()).toMatchObject({ total: 250, delivered: 750, pending: 0, dead: 0 })
      store.close()
    }
    const again = histories.reduce((sum, history) => sum + repeatedIn(history), 0)
    console.info(`Of 3,000 deliveries over 100 kills ${again} came again.`)
    expect(again).toBeLessThan(300)
  }, 300_000)
})
