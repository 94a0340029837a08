import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import Database from 'libsql'
import { concatMap, lastValueFrom, skip, Subject, take, takeUntil, tap, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { deliverDue } from '../../src/sinks/outbox/deliverDue.js'
import { holdStore } from '../../src/store/holdStore.js'
import { openStore } from '../../src/store/openStore.js'
import { isUnwritable } from '../../src/store/isUnwritable.js'
import { announcement, at, state, temporaryDirectory, turn } from '../support/storeGiven.js'

const none = { defaultValue: undefined }

/** Another program that keeps the file locked, as a backup does. */
function lock(path: string): () => void {
  const other = new Database(path)
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

/** As {@link lock}, in another process, for four seconds: less than the default wait of a store. */
async function lockElsewhere(path: string): Promise<void> {
  const script = `const db = new (require('libsql'))(process.argv[1])
    db.exec('BEGIN IMMEDIATE')
    process.stdout.write('locked')
    setTimeout(() => db.exec('ROLLBACK'), 4_000)`
  const child = spawn(process.execPath, ['--eval', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill()
  })
  await once(child.stdout, 'data')
}

describe('a state that another program keeps locked', () => {
  it('is read as in the file, while a turn waits to be written', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    using held = {
      store: openStore({ path, waitMs: 10 }),
      [Symbol.dispose]: () => held.store.close(),
    }
    held.store.claim(1_000)
    held.store.commit(turn({ announcements: [announcement('1')] }), () => [])
    held.store.commit(turn({ state: state({ head: at(11n) }) }), () => [])
    const unlock = lock(path)
    expect(held.store.outline('local')?.head?.number).toBe(10n)

    unlock()
    expect(held.store.outline('local')?.head?.number).toBe(11n)
  })

  it('delivers nothing twice: a delivery is recorded once the lock is gone', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path, waitMs: 10 })
    store.commit(turn({ announcements: [announcement('1')] }), () => ['own'])
    const taken: Notification[] = []
    let unlock = (): void => undefined
    const handle = (notification: Notification): Promise<void> => {
      taken.push(notification)
      unlock = lock(path)
      setTimeout(unlock, 700)
      return Promise.resolve()
    }

    const report$ = deliverDue({
      store,
      handlers: new Map([['own', { handler: { type: 'own', handle }, timeoutMs: 1_000 }]]),
      now: () => 2_000,
      random: () => 0,
    })
    await expect(lastValueFrom(report$.pipe(toArray()), none)).resolves.toMatchObject([
      { result: 'delivered', attempt: 1 },
    ])
    expect(taken).toHaveLength(1)
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 1 })
  })

  it('skips a beat and a release during the lock, and keeps the claim', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const beat$ = new Subject<void>()
    const unlock: (() => void)[] = []
    const held$ = holdStore({
      path,
      bounds: () => ({ maxNotifications: 10, maxAge: 1_000 }),
      now: () => {
        if (unlock.length > 0) beat$.next()
        return 5_000
      },
    }).pipe(
      tap(() => unlock.push(lock(path))),
      takeUntil(beat$.pipe(skip(1))),
    )

    await expect(lastValueFrom(held$, none)).resolves.toBeDefined()
    unlock.forEach((end) => end())
    expect(openStore({ path, pid: 1, isAlive: () => false }).claim(5_001)).toBeUndefined()
  })

  it('blocks the process only for a moment: longer locks cause a retry', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const bounds = () => ({ maxNotifications: 10, maxAge: 1_000 })
    const written$ = holdStore({ path, bounds, now: () => 5_000 }).pipe(
      concatMap(async (store) => {
        await lockElsewhere(path)
        store.record({ at: 5_000, chain: '', kind: 'delivery', detail: {} })
      }),
      take(1),
    )

    await expect(lastValueFrom(written$, none)).rejects.toSatisfy(isUnwritable)
  })
})
