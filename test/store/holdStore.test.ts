import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { from, lastValueFrom, map, take, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { holdStore, reportUnwritable } from '../../src/store/holdStore.js'
import { readMark } from '../../src/store/file/openMark.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const none = { defaultValue: undefined }
const bounds = () => ({ maxNotifications: 10, maxAge: 1_000 })

describe('holdStore', () => {
  it('holds the claim while subscribed, and refuses a second holder', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const held$ = holdStore({ path, bounds, now: () => 5_000 })
    const first = held$.subscribe()
    await expect(lastValueFrom(held$.pipe(take(1)), none)).rejects.toThrow(
      `Another govstream (process ${process.pid}) works with the state ${path}.`,
    )
    first.unsubscribe()

    await expect(lastValueFrom(held$.pipe(take(1)), none)).resolves.toBeDefined()
    expect(openStore({ path, readOnly: true }).holder(5_000)).toBeUndefined()
  })

  it('beats each second, and ends with an error once its file is gone', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const scheduler = new VirtualTimeScheduler(undefined, 5_000)
    const ended: unknown[] = []
    using held = {
      subscription: holdStore({ path, bounds, now: () => 5_000 + scheduler.now(), scheduler }).subscribe({
        error: (cause: unknown) => ended.push(cause),
      }),
      [Symbol.dispose]: () => held.subscription.unsubscribe(),
    }
    scheduler.maxFrames = 3_500
    scheduler.flush()
    using reader = { store: openStore({ path, readOnly: true }), [Symbol.dispose]: () => reader.store.close() }
    // Without beats since its claim it would count as dead by then.
    expect(reader.store.holder(17_500)).toStrictEqual({ pid: process.pid })
    expect(ended).toStrictEqual([])

    rmSync(path)
    scheduler.maxFrames = 4_500
    scheduler.flush()
    expect(ended.map(String)).toStrictEqual([expect.stringContaining('was deleted or replaced')])
  })

  describe('with a container of the same host name, whose process is not visible', () => {
    const neighbour = { pid: 1, host: `${hostname()} pid:[1]` }
    const begin = 1_700_000_000_000
    /** Tries to hold a state of the neighbour, which beats so many more times. */
    const holdBeside = (path: string, beats: number): readonly string[] => {
      const theirs = openStore({ path, ...neighbour, now: () => begin })
      theirs.claim(begin)
      theirs.beat(begin)
      const scheduler = new VirtualTimeScheduler(undefined, 3_000)
      for (const beat of Array(beats).keys()) {
        const at = (beat + 1) * 1_000
        scheduler.schedule(() => theirs.beat(begin + at), at)
      }
      const told: string[] = []
      const held$ = holdStore({ path, bounds, now: () => begin + scheduler.now(), scheduler })
      const held = held$.subscribe({
        next: () => told.push(`held after ${scheduler.now()} ms`),
        error: (cause: unknown) => told.push(String(cause)),
      })
      scheduler.flush()
      held.unsubscribe()
      return told
    }

    it('is refused while the other one beats, and does not affect it', () => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'state.db')
      expect(holdBeside(path, 2)).toStrictEqual([
        expect.stringContaining('Another govstream (process 1) works with the state'),
      ])
      expect(openStore({ path, readOnly: true }).holder(begin + 3_000)).toStrictEqual({ pid: 1 })
      expect(readMark(path)).toMatchObject(neighbour)
    })

    it('takes over from a killed one as soon as its beats stop for too long', () => {
      using directory = temporaryDirectory()
      expect(holdBeside(join(directory.path, 'state.db'), 0)).toStrictEqual(['held after 2500 ms'])
    })
  })

  it('prunes old notifications at the start and every ten minutes', () => {
    const scheduler = new VirtualTimeScheduler(undefined, 1_000_000)
    const counts: number[] = []
    const held = holdStore({
      path: ':memory:',
      bounds: () => ({ maxNotifications: 1, maxAge: 1e9 }),
      now: () => scheduler.now(),
      scheduler,
    }).subscribe((store) => {
      void store.commit(turn({ announcements: [announcement('1'), announcement('2')] }), () => [])
      for (const at of [599_999, 600_001])
        scheduler.schedule(() => void counts.push(store.notifications({}).length), at)
    })
    scheduler.maxFrames = 600_001
    scheduler.flush()
    held.unsubscribe()
    expect(counts).toStrictEqual([2, 1])
  })

  it('releases the claim if the state cannot be prepared', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const times = [5_000]
    const failing$ = holdStore({
      path,
      bounds,
      now: () => {
        const time = times.shift()
        if (time === undefined) throw new StoreError('The disk is full.')
        return time
      },
    })
    await expect(lastValueFrom(failing$.pipe(take(1)), none)).rejects.toThrow('The disk is full.')

    expect(openStore({ path, readOnly: true }).holder(5_000)).toBeUndefined()
  })
})

describe('a state that cannot be written', () => {
  /**
   * What is reported of it, with beats a second apart from 100 s on: `-` is one that could not
   * be written.
   */
  function toldOf(beats: string, clock = (beat: number): number => 100_000 + beat * 1_000): readonly unknown[] {
    const told: unknown[] = []
    let beat = -1
    const written$ = from(beats.split('')).pipe(
      map((letter) => {
        beat += 1
        return letter === 'w'
      }),
    )
    written$
      .pipe(
        reportUnwritable(
          () => clock(beat),
          (since) => told.push([beat, since]),
        ),
      )
      .subscribe()
    return told
  }

  it.each<[string, string, readonly unknown[]]>([
    ['not while it is short, as that of a backup', 'ww---------w', []],
    ['after ten seconds, once, since the first failed beat', 'ww---------------', [[12, 102_000]]],
    [
      'and when it is over',
      '------------ww',
      [
        [10, 100_000],
        [12, undefined],
      ],
    ],
    [
      'each time again',
      '-----------w-----------',
      [
        [10, 100_000],
        [11, undefined],
        [22, 112_000],
      ],
    ],
  ])('is reported %s', (_, beats, told) => {
    expect(toldOf(beats)).toStrictEqual(told)
  })

  it('is measured from now if the clock was set back', () => {
    expect(toldOf('-'.repeat(16), (beat) => (beat < 3 ? 9_000_000 : beat * 1_000))).toStrictEqual([[13, 3_000]])
  })
})
