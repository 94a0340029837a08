import { renameSync, utimesSync } from 'node:fs'
import { defer, EMPTY, filter, firstValueFrom, lastValueFrom, map, merge, NEVER, of, take, tap, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { watchedState } from '../../../src/cli/watch/watchedState.js'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, at, holding, proposal, state, temporaryDirectory, turn } from '../../support/storeGiven.js'

const now = (): number => 1_000
const told = (id: string) => turn({ announcements: [announcement(id)] })

describe('a watched state', () => {
  it('is reported in the events if it cannot be written', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const store = openStore({ path, pid: process.ppid })
    store.claim(1_000)
    store.commit(turn({ state: state() }), () => [])
    const later = 30_000
    utimesSync(`${path}.open`, later / 1_000, later / 1_000)
    const line = await firstValueFrom(watchedState({ state: path }, () => later).readEvents(), { defaultValue: '' })
    expect(line).toContain('The state cannot be written since')
    store.close()
  })

  it('is read again after each write, without holding it open', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const store = openStore({ path })
    store.claim(1_000)
    store.commit(turn({ state: state({ head: at(10n) }) }), () => [])
    const heights$ = watchedState({ state: path }, now)
      .readPictures(NEVER)
      .pipe(map(({ chains }) => chains[0]?.state?.head?.number))
    const heights = await lastValueFrom(
      heights$.pipe(
        tap((height) => {
          if (height !== 10n) return
          store.commit(turn({ state: state({ head: at(11n), proposals: holding(proposal('1')) }) }), () => [])
          store.beat(2_000)
        }),
        take(2),
        toArray(),
      ),
      { defaultValue: [] },
    )
    expect(heights).toStrictEqual([10n, 11n])
    // The writer can still close it properly.
    store.close()
    expect(openStore({ path, readOnly: true }).load('local')?.head?.number).toBe(11n)
  })

  it('includes the votes and the history of the open proposal', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const store = openStore({ path })
    const one = proposal('1')
    const vote = { ...one, voter: '0xabc', choice: 'yes', weight: 3n, reason: '', block: 1n, index: 0 } as const
    store.commit(
      turn({
        state: state({ proposals: holding(one) }),
        changes: [{ type: 'voteCast', chain: 'local', at: 1n, time: 1n, vote }],
      }),
      () => [],
    )
    store.close()
    const opened = await firstValueFrom(
      watchedState({ state: path }, now)
        .readPictures(of(keyOf(one)))
        .pipe(filter((picture) => picture.opened !== undefined)),
      { defaultValue: undefined },
    )
    expect(opened?.opened?.votes).toMatchObject([{ voter: '0xabc' }])
    expect(opened?.problem).toContain('No govstream runs with this state')
  })

  it('is awaited while missing, and opened again when replaced', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const make = (name: string, height: bigint): void => {
      const store = openStore({ path: `${directory.path}/${name}` })
      store.commit(turn({ state: state({ head: at(height) }) }), () => [])
      store.close()
      renameSync(`${directory.path}/${name}`, path)
    }
    const seen = await lastValueFrom(
      watchedState({ state: path }, now)
        .readPictures(NEVER)
        .pipe(
          tap(({ chains, problem }) => {
            if (chains.length === 0)
              expect(problem).toBe(`There is no state file at ${path}: "govstream run" creates one.`)
          }),
          map(({ chains }) => chains[0]?.state?.head?.number),
          tap((height) => {
            if (height === undefined) make('first', 5n)
            if (height === 5n) make('second', 7n)
          }),
          take(3),
          toArray(),
        ),
      { defaultValue: [] },
    )
    expect(seen).toStrictEqual([undefined, 5n, 7n])
  })

  it('emits each new event once, in order, however many come at once', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const store = openStore({ path })
    store.claim(1_000)
    store.commit(told('before'), () => [])
    const ids = Array.from({ length: 250 }, (_, index) => `n${index}`)
    // The first look is taken at the subscription.
    const come$ = defer(() => {
      for (const id of ids) store.commit(told(id), () => [])
      return EMPTY
    })
    const events = await lastValueFrom(
      merge(watchedState({ state: path }, now).readEvents(), come$).pipe(take(ids.length), toArray()),
      { defaultValue: [] },
    )
    store.close()
    expect(events.map((event) => (typeof event === 'string' ? event : event.id))).toStrictEqual(ids)
  })
})
