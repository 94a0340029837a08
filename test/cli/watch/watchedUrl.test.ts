import { filter, firstValueFrom, lastValueFrom, NEVER, of, take, tap, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchedUrl } from '../../../src/cli/watch/watchedUrl.js'
import type { Turn } from '../../../src/domain/chainState.js'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, at, holding, proposal, queueing, state, turn, upgrade } from '../../support/storeGiven.js'
import { startLiveServer } from '../../support/servers/liveServer.js'

const one = proposal('1')
const planned = upgrade('2')

function numbered(number: number): Turn {
  return turn({
    state: state({
      head: at(BigInt(number)),
      proposals: holding(one),
      upgrades: queueing(planned),
      health: { ...state().health, secondsPerBlock: 2 },
    }),
    announcements: [announcement(`n${number}`)],
  })
}

async function serving() {
  const store = openStore({ path: ':memory:', journal: 1_000 })
  const server = await startLiveServer({ store })
  onTestFinished(async () => {
    await server.stop()
    store.close()
  })
  return server
}

describe('a govstream elsewhere', () => {
  it('is shown as it stands, with the time that is left at the pace that was measured there', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const picture = await firstValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(of(keyOf(one)))
        .pipe(filter(({ chains, upgrades, opened }) => chains.length + upgrades.length > 1 && opened !== undefined)),
      { defaultValue: undefined },
    )
    expect(picture?.from).toBe(server.url)
    expect(picture?.chains[0]?.state?.head).toMatchObject(at(1n))
    expect(picture?.chains[0]?.state?.blockTime.samples.at(-1)).toMatchObject(at(1n))
    expect(picture?.upgrades).toStrictEqual([planned])
    expect(picture?.opened).toMatchObject({ proposal: one, votes: [] })
    expect(picture?.problem).toBeUndefined()
  })

  it('says that the connection is lost, and keeps what was known', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const pictures = await lastValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(NEVER)
        .pipe(
          filter(({ proposals }) => proposals.length > 0),
          tap(({ problem }) => {
            if (problem === undefined) server.cut()
          }),
          filter(({ problem }) => problem !== undefined),
          take(1),
          toArray(),
        ),
      { defaultValue: [] },
    )
    expect(pictures[0]?.problem).toContain('The connection is lost and is tried again')
    expect(pictures[0]?.proposals).toHaveLength(1)
  })

  it('tells each event that comes', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const source = watchedUrl({ url: server.url })
    const shown = firstValueFrom(source.readEvents(), { defaultValue: undefined })
    await firstValueFrom(source.readPictures(NEVER).pipe(filter(() => server.clients() === 2)), {
      defaultValue: undefined,
    })
    server.commit(numbered(2))
    expect(await shown).toMatchObject({ id: 'n2' })
  })
})
