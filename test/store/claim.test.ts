import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { type StoreOptions, openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { bundled } from '../support/programs/bundled.js'
import { state, temporaryDirectory, turn } from '../support/storeGiven.js'

/** Opens one file as often as wanted, as different processes. */
function withFile(
  body: (open: ((who: Omit<StoreOptions, 'path'>) => EmbeddedStore) & { readonly path: string }) => void,
): void {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  body(
    Object.assign((who: Omit<StoreOptions, 'path'>) => openStore({ path, host: 'here', isAlive: () => true, ...who }), {
      path,
    }),
  )
}

describe('claim', () => {
  it('is given to one living process, repeatedly', () =>
    withFile((open) => {
      const [one, two] = [open({ pid: 1 }), open({ pid: 2 })]

      expect(one.claim(1_000)).toBeUndefined()
      expect(one.claim(2_000)).toBeUndefined()
      expect(two.claim(3_000)).toStrictEqual({ pid: 1 })
    }))

  it('is free after a release by its holder only', () =>
    withFile((open) => {
      const [one, two] = [open({ pid: 1 }), open({ pid: 2 })]
      one.claim(1_000)
      two.release()
      expect(two.claim(1_001)).toStrictEqual({ pid: 1 })

      one.release()
      expect(two.claim(1_002)).toBeUndefined()
    }))

  it('is free at once if the holder died on this host', () =>
    withFile((open) => {
      open({ pid: 1 }).claim(1_000)

      expect(open({ pid: 2, isAlive: (pid) => pid !== 1 }).claim(1_001)).toBeUndefined()
    }))

  it('asks the operating system whether the holder is alive', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const { pid } = spawnSync(process.execPath, ['--version'])
    const us = openStore({ path })

    openStore({ path, pid: process.ppid }).claim(1_000)
    expect(us.claim(1_001)).toStrictEqual({ pid: process.ppid })
    expect(openStore({ path, pid }).claim(20_000)).toBeUndefined()
    expect(us.claim(20_001)).toBeUndefined()
  })

  it('waits ten seconds for a holder on another host, whose processes are not visible', () =>
    withFile((open) => {
      open({ pid: 1, host: 'there' }).claim(1_000)
      const two = open({ pid: 2, isAlive: () => false })

      expect(two.claim(10_999)).toStrictEqual({ pid: 1 })
      expect(two.claim(11_000)).toBeUndefined()
    }))

  it('is kept by a living process that cannot write into it for now', () =>
    withFile((open) => {
      const now = Date.now()
      // It touches the mark beside the file, too.
      open({ pid: 1 }).claim(now - 20_000)
      const two = open({ pid: 2 })

      expect(two.holder(now)).toStrictEqual({ pid: 1, lockedSince: now - 20_000 })
      expect(two.claim(now)).toStrictEqual({ pid: 1 })
      expect(two.holder(now + 60_000)).toBeUndefined()
    }))

  it('is not kept by a beat that is in the future after the clock was set back', () =>
    withFile((open) => {
      open({ pid: 1 }).claim(3_600_000)
      const two = open({ pid: 2 })

      expect(two.holder(1_000)).toBeUndefined()
      expect(two.claim(1_000)).toBeUndefined()
    }))

  it('is kept by beats', () =>
    withFile((open) => {
      const [one, two] = [open({ pid: 1 }), open({ pid: 2 })]
      one.claim(1_000)
      one.beat(9_000)

      expect(two.claim(18_999)).toStrictEqual({ pid: 1 })
      expect(two.claim(19_000)).toBeUndefined()
    }))

  it('can be read without taking it', () =>
    withFile((open) => {
      const [one, two] = [open({ pid: 1 }), open({ pid: 2 })]
      expect(two.holder(1_000)).toBeUndefined()

      one.claim(1_000)
      expect(two.holder(1_001)).toStrictEqual({ pid: 1 })
      expect(two.holder(11_000)).toBeUndefined()
    }))

  it('is refused to a second store of the same process', () =>
    withFile((open) => {
      open({ pid: 1 }).claim(1_000)

      expect(open({ pid: 1 }).claim(1_001)).toStrictEqual({ pid: 1 })
    }))

  it('is free once the holder is closed', () =>
    withFile((open) => {
      const one = open({ pid: 1 })
      one.claim(1_000)
      one.close()

      expect(open({ pid: 1 }).claim(1_001)).toBeUndefined()
    }))

  it('passes from a killed process to the next one with the same id, as in a container', () =>
    withFile((open) => {
      open({ pid: 1 }).claim(1_000)
      const script = bundled('test/support/programs/claimOnce.ts')
      const told = execFileSync(process.execPath, [script, open.path], { encoding: 'utf8' })

      expect(told).toBe('"mine"')
    }))

  it('stops a holder that was silent too long from overwriting its successor', () =>
    withFile((open) => {
      const [one, two] = [open({ pid: 1 }), open({ pid: 2 })]
      const theirs = state({ nodeVersion: 'theirs' })
      one.claim(1_000)
      two.claim(20_000)
      two.commit(turn({ state: theirs }), () => [])

      expect(() => one.beat(20_001)).toThrow(StoreError)
      expect(() => one.commit(turn(), () => [])).toThrow('taken over by process 2')
      expect(two.load('local')).toStrictEqual(theirs)
    }))
})
