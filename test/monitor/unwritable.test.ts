import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { createMonitor } from '../../src/monitor.js'
import { contract, proposal, reading } from '../support/builders.js'
import { readerOver } from '../support/readerOver.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { chainOf, hostClock } from './watching.js'

// Each poll reads news, because a new block alone is committed only every five seconds.
const news = Array.from({ length: 5_000 }, (_, index) => reading(5 + index, [proposal('7', { title: `${index}` })]))
const problem: unknown = expect.stringContaining('The state cannot be written since')

/** A monitor with its state in `directory`, and another program that can keep that state locked. */
function given(directory: string) {
  const state = `${directory}/state.db`
  const { scheduler, forward } = hostClock()
  const monitor = createMonitor(
    { state, gracePeriod: '1s', notifier: { handlers: [] }, chains: [chainOf([], contract)] },
    { readers: { local: readerOver(news) }, scheduler },
  )
  return {
    monitor,
    /** Locks the state, and lets more than the ten seconds pass after which that is reported. */
    lock: (): Disposable => {
      const other = new Database(state)
      other.exec('BEGIN IMMEDIATE')
      // The ten seconds start with the first beat that fails.
      const forwarding = setInterval(() => forward(5_000), 1_000)
      return {
        [Symbol.dispose]: () => {
          clearInterval(forwarding)
          other.exec('ROLLBACK')
          other.close()
        },
      }
    },
    health: () => monitor.snapshot().health[0],
  }
}

describe('a run whose state cannot be written', () => {
  it('answers a sync with the reason instead of waiting until it can be written again', async () => {
    using directory = temporaryDirectory()
    const { monitor, lock, health } = given(directory.path)
    const stop = new AbortController()
    const ended = monitor.run({ signal: stop.signal })
    await monitor.sync()
    const refused = [{ chain: 'local', ok: false, failure: { kind: 'transient', message: problem } }]
    {
      using _other = lock()
      expect(await monitor.sync()).toMatchObject(refused)
      // It is known by now, and answered at once.
      expect(await monitor.sync()).toMatchObject(refused)
    }
    await expect.poll(health).not.toMatchObject({ problem })
    expect(await monitor.sync()).toMatchObject([{ ok: true }])
    stop.abort()
    await ended
  })

  it('leaves nothing of that to the next run of the same monitor', async () => {
    using directory = temporaryDirectory()
    const { monitor, lock, health } = given(directory.path)
    const stop = new AbortController()
    const first = monitor.run({ signal: stop.signal })
    await monitor.sync()
    {
      using _other = lock()
      await expect.poll(health).toMatchObject({ problem })
      stop.abort()
      await first
    }

    expect(await monitor.sync()).toMatchObject([{ ok: true }])
    await using _second = monitor
    void monitor.run()
    await monitor.sync()
    expect(health()).not.toMatchObject({ problem })
  })
})
