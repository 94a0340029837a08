import { onTestFinished } from 'vitest'
import type { EmbeddedStore } from '../../../src/store/Store.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, turn } from '../../support/storeGiven.js'

/** A real store in memory. */
export function memoryStore(): EmbeddedStore {
  const store = openStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  return store
}

/** Queues notifications for handlers, in order, as a committed turn does. */
export function queue(
  store: EmbeddedStore,
  rows: readonly (readonly [id: string, ...handlers: string[]])[],
  time = 0,
): void {
  const routes = new Map(rows.map(([id, ...handlers]) => [id, handlers]))
  store.commit(turn({ time, announcements: rows.map(([id]) => announcement(id)) }), ({ id }) => routes.get(id) ?? [])
}

/** The rows in the outbox, whenever they are due. */
export function pending(store: EmbeddedStore): readonly string[] {
  return store
    .due(Number.MAX_SAFE_INTEGER, 1_000)
    .map(({ handler, notification, attempts }) => `${handler}/${notification.id}/${attempts}`)
}

export function dead(store: EmbeddedStore): readonly string[] {
  return store.deadLetters().map(({ handler, notification, reason }) => `${handler}/${notification.id}: ${reason}`)
}
