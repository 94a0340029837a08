import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defer, mergeMap, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { holdStore } from '../../src/store/holdStore.js'
import { openStore } from '../../src/store/openStore.js'
import { retryWhileUnwritable } from '../../src/store/retryWhileUnwritable.js'
import { whileDone } from '../sinks/upgradeInfo/home.js'
import { at, holding, proposal, state, temporaryDirectory, turn } from '../support/storeGiven.js'

const nobody = (): readonly string[] => []

/** A separate file system, if the system allows to mount one. */
async function onDisk(mebibytes: number, body: (disk: string) => void): Promise<void> {
  using directory = temporaryDirectory()
  const disk = join(directory.path, 'disk')
  mkdirSync(disk)
  await whileDone(['mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk], ['umount', '-l', disk], () => {
    body(disk)
    return Promise.resolve()
  })
}

/** Takes all the room that is left. */
function fill(path: string): void {
  expect(() => writeFileSync(path, Buffer.alloc(4_000_000))).toThrow('ENOSPC')
}

/** The message of a store error; rethrows any other error. */
function sentenceOf(work: () => unknown): string {
  try {
    work()
  } catch (cause) {
    if (cause instanceof StoreError) return cause.message
    throw cause
  }
  return 'no error'
}

/** The block of the stored state, as another process sees it. */
function heightIn(path: string): bigint | undefined {
  const reader = openStore({ path, readOnly: true })
  try {
    return reader.load('local')?.head?.number
  } finally {
    reader.close()
  }
}

const filled = (turnNumber: number) =>
  turn({
    state: state({
      head: at(BigInt(turnNumber)),
      proposals: holding(proposal(String(turnNumber), { description: 'x'.repeat(20_000) })),
    }),
    time: turnNumber,
  })

describe('a state on a full disk', () => {
  it('is reported, keeps all that was committed, and continues once there is room', async () => {
    expect.hasAssertions()
    await onDisk(2, (disk) => {
      const path = join(disk, 'a.db')
      const filler = join(disk, 'filler')
      writeFileSync(filler, Buffer.alloc(1_000_000))
      const store = openStore({ path })
      let last = 0
      const commitOn = (): void => {
        for (let next = last + 1; next < 200; next += 1) {
          store.commit(filled(next), nobody)
          last = next
        }
      }

      expect(sentenceOf(commitOn)).toBe(
        `The state file ${path} cannot be used: the disk is full; make room, nothing that was committed is lost (database or disk is full).`,
      )
      expect(last).toBeGreaterThan(5)
      expect(store.load('local')?.head?.number).toBe(BigInt(last))
      expect(heightIn(path)).toBe(BigInt(last))

      rmSync(filler)
      store.commit(filled(last + 1), nobody)
      store.close()
      const next = openStore({ path })
      expect(next.rebuilt()).toBeUndefined()
      expect(next.load('local')?.head?.number).toBe(BigInt(last + 1))
      next.close()
    })
  })

  it('does not end a run: it says so after ten seconds, and writes what waited once there is room', async () => {
    expect.hasAssertions()
    await onDisk(2, (disk) => {
      const path = join(disk, 'a.db')
      const filler = join(disk, 'filler')
      const scheduler = new VirtualTimeScheduler(undefined, Infinity)
      const begin = Date.now()
      const now = (): number => begin + scheduler.now()
      const seen: string[] = []
      const held = holdStore({
        path,
        bounds: () => ({ maxNotifications: 10, maxAge: 1_000 }),
        now,
        scheduler,
        onUnwritable: (since) =>
          seen.push(since === undefined ? 'written again' : `not written since ${since - begin}`),
      })
        .pipe(
          mergeMap((store) => {
            fill(filler)
            return defer(() => [store.commit(filled(7), nobody)]).pipe(retryWhileUnwritable(scheduler))
          }),
        )
        .subscribe({
          next: () => seen.push('committed'),
          error: (cause: unknown) => seen.push(`error ${String(cause)}`),
        })
      scheduler.maxFrames = 30_000
      scheduler.flush()
      expect(seen).toStrictEqual([expect.stringMatching(/^not written since \d{4}$/)])

      rmSync(filler)
      scheduler.maxFrames = 32_000
      scheduler.flush()
      expect(seen.slice(1).toSorted()).toStrictEqual(['committed', 'written again'])
      held.unsubscribe()
      expect(heightIn(path)).toBe(7n)
    })
  })

  it('fails the next beat if a turn found no room, although there is room for the beat', async () => {
    expect.hasAssertions()
    await onDisk(2, (disk) => {
      const store = openStore({ path: join(disk, 'a.db') })
      store.claim(1_000)
      const long = holding(proposal('1', { description: 'x'.repeat(2_000_000) }))
      const commit = (): void => store.commit(turn({ state: state({ proposals: long }) }), nobody)

      expect(sentenceOf(commit)).toContain('the disk is full')
      expect(sentenceOf(() => store.beat(2_000))).toContain('the disk is full')
      expect(sentenceOf(() => store.beat(3_000))).toBe('no error')
      store.close()
    })
  })

  it('is not created without room for it: the directory stays empty', async () => {
    await onDisk(1, (disk) => {
      const filler = join(disk, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(2_000_000))).toThrow('ENOSPC')
      const path = join(disk, 'a.db')

      expect(sentenceOf(() => openStore({ path }))).toContain('the disk is full; make room')
      rmSync(filler)
      const store = openStore({ path })
      expect(store.rebuilt()).toBeUndefined()
      store.close()
    })
  })
})

describe('a state on a disk that is mounted read-only', () => {
  it('is reported to a writer, and can be read', async () => {
    using directory = temporaryDirectory()
    const { path: place } = directory
    const path = join(place, 'a.db')
    const store = openStore({ path })
    store.commit(filled(1), nobody)
    store.close()
    await whileDone(['mount', '--bind', '-o', 'ro', place, place], ['umount', '-l', place], () => {
      expect(sentenceOf(() => openStore({ path }))).toBe(
        `The state file cannot be written: ${place} is mounted read-only. Mount it writable, under systemd name it in ReadWritePaths=, or name another state file.`,
      )
      expect(heightIn(path)).toBe(1n)
      return Promise.resolve()
    })
  })

  it('is reported to a process that has it open at that moment, and stays intact', async () => {
    using directory = temporaryDirectory()
    const { path: place } = directory
    const path = join(place, 'a.db')
    const store = openStore({ path })
    store.claim(1_000)
    await whileDone(['mount', '--bind', '-o', 'ro', place, place], ['umount', '-l', place], () => {
      const said = `${path}.open cannot be written beside the state: EROFS: read-only file system, utime '${path}.open'. Check the disk and the rights of the directory.`
      expect(sentenceOf(() => store.beat(2_000))).toBe(said)
      expect(sentenceOf(() => store.close())).toBe('no error')
      return Promise.resolve()
    })
    const next = openStore({ path })
    expect(next.claim(2_001)).toBeUndefined()
    next.close()
  })
})
