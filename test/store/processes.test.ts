import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { openStore } from '../../src/store/openStore.js'
import { bundled } from '../support/programs/bundled.js'
import { at, proposal, state, temporaryDirectory, turn } from '../support/storeGiven.js'

const script = bundled('test/support/programs/commitInALoop.ts')
const start = (path: string, chain: string, count: number): ChildProcess =>
  spawn(process.execPath, [script, path, chain, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

const visitor = bundled('test/support/programs/openStoreAndTell.ts')

/** A store of this process, closed at the end. */
function holding(path: string): { readonly store: EmbeddedStore; readonly [Symbol.dispose]: () => void } {
  const store = openStore({ path })
  return { store, [Symbol.dispose]: () => store.close() }
}

/**
 * Lets a process commit until it has acknowledged `enough` turns, kills it, and returns the
 * last acknowledged number. Calls `look` on every acknowledgement, while the process
 * continues.
 */
async function killAfter(child: ChildProcess, enough: number, look: () => void = () => undefined): Promise<number> {
  const closed = once(child, 'close')
  let [last, seen] = [0, 0]
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line)
    seen += 1
    // The process continues during `look`: its lines still arrive, thousands of them on a busy
    // machine.
    if (seen > enough) continue
    look()
    if (seen === enough) child.kill('SIGKILL')
  }
  await closed
  return last
}

describe('a store of several processes', () => {
  it('holds the last acknowledged commit completely after each of several kills', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')

    for (const enough of [1, 40, 15]) {
      const child = start(path, 'local', 1_000_000)
      const acknowledged = await killAfter(child, enough)
      // The reading commands must not need a writer to recover the file first.
      const looked = openStore({ path, readOnly: true }).load('local')
      const store = openStore({ path })
      const loaded = store.load('local')
      const number = Number(loaded?.head?.number)

      expect(child.signalCode).toBe('SIGKILL')
      expect(looked).toStrictEqual(loaded)
      // One commit may have reached the disk without its acknowledgement.
      expect([acknowledged, acknowledged + 1]).toContain(number)
      expect([...(loaded?.proposals ?? [])]).toStrictEqual(
        [
          proposal('1', { readAt: BigInt(number) }),
          proposal(`old-${number}`, { status: 'executed', readAt: BigInt(number) }),
        ].map((one): [string, Proposal] => [keyOf(one), one]),
      )
      expect(store.due(number, 1_000_000).map(({ notification }) => notification.id)).toStrictEqual(
        Array.from({ length: number }, (_, index) => `local-${index + 1}`),
      )
      expect(store.notifications({})).toHaveLength(number)
      const { after, newest } = store.journalBounds()!
      const journal = store.journalSince(after, 1_000_000)
      expect(journal.map(({ id }) => id)).toStrictEqual(Array.from({ length: number }, (_, index) => after + 1 + index))
      expect(newest).toBe(after + number)
      expect(journal.map(({ event }) => event.type === 'notification' && event.notification.id)).toStrictEqual(
        Array.from({ length: number }, (_, index) => `local-${index + 1}`),
      )
      expect(store.audit({})).toHaveLength(number)
      expect(new Database(path).prepare('PRAGMA integrity_check').all()).toStrictEqual([{ integrity_check: 'ok' }])
      store.close()
    }
  })

  it('shows a reader only complete commits, while another process writes', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const seen: unknown[] = []
    // This writer does not beat: for a reader ten seconds later it would have crashed.
    const begun = Date.now()
    await killAfter(start(path, 'local', 1_000_000), 100, () => {
      const reader = openStore({ path, readOnly: true, now: () => begun })
      for (let look = 0; look < 10; look += 1) {
        const { head, proposals } = reader.load('local') ?? {}
        const [steady, passing] = proposals?.values() ?? []
        seen.push([steady?.readAt, passing?.readAt, proposals?.size].join() === `${head?.number},${head?.number},2`)
      }
      reader.close()
    })

    expect(seen.length).toBeGreaterThanOrEqual(1_000)
    expect(seen.filter((whole) => whole !== true)).toStrictEqual([])
  })

  it('writes while others read, even if another process opens and closes the file meanwhile', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const visit = (...how: readonly string[]): string =>
      spawnSync(process.execPath, [visitor, path, ...how], { encoding: 'utf8' }).stdout
    using running = holding(path)
    using besides = holding(path)
    running.store.claim(1_000)
    running.store.beat(2_000)
    openStore({ path, readOnly: true }).close()
    expect(visit()).toBe('open')
    running.store.beat(3_000)
    besides.store.close()
    expect(visit('read')).toBe('open')
    expect(visit()).toBe('open')

    running.store.commit(turn({ state: state({ head: at(7n) }) }), () => [])
    const next = spawnSync(process.execPath, [script, path, 'local', '1'], { encoding: 'utf8' })
    expect(next.stdout).toBe('8\n')
    expect(running.store.load('local')?.head).toStrictEqual(at(8n))
  })

  it('accepts the writes of processes that open a new file and commit at once', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const chains = ['a', 'b', 'c']
    const children = chains.map((chain) => start(path, chain, 40))
    const exits = await Promise.all(
      children.map(async (child) => {
        child.stdout?.resume()
        return once(child, 'close')
      }),
    )
    const store = openStore({ path })

    expect(exits).toStrictEqual(chains.map(() => [0, null]))
    expect(store.chains().map((chain) => store.load(chain)?.head?.number)).toStrictEqual([40n, 40n, 40n])
    expect(store.stats()).toMatchObject({ total: 120, pending: 120 })
  })
})
