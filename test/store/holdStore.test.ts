import { join } from 'node:path'
import { lastValueFrom, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { holdStore } from '../../src/store/holdStore.js'
import { openStore } from '../../src/store/openStore.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const none = { defaultValue: undefined }
const bounds = { maxNotifications: 10, maxAge: 1_000 }

describe('holdStore', () => {
  it('holds the claim for as long as it is subscribed, and refuses a second holder', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const held$ = holdStore({ path, ...bounds, now: () => 5_000 })
    const first = held$.subscribe()
    await expect(lastValueFrom(held$.pipe(take(1)), none)).rejects.toThrow(
      `Another govstream (process ${process.pid}) works with the state ${path}.`,
    )
    first.unsubscribe()

    await expect(lastValueFrom(held$.pipe(take(1)), none)).resolves.toBeDefined()
    expect(openStore({ path, readOnly: true }).holder(5_000)).toBeUndefined()
  })

  it('gives the claim back where the state cannot be put in order', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const times = [5_000]
    const failing$ = holdStore({
      path,
      ...bounds,
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
