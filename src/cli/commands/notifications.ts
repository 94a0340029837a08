import type { NotificationStats, Store } from '../../sinks/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { deadLettersTable, notificationsTable, statsText } from '../output/notificationsText.js'
import { printJson } from '../output/printJson.js'
import type { Context } from '../Terminal.js'
import { deadLetterView } from '../views/deadLetterView.js'
import { notificationView } from '../views/notificationView.js'
import { withStore } from '../withStore.js'

export interface NotificationsOptions extends ReadOptions {
  readonly unread?: boolean
  /** An id or `all`, as for `redeliver`. */
  readonly read?: string
  readonly stats?: boolean
  readonly dead?: boolean
  readonly redeliver?: string
  readonly limit?: number
}

const noStats: NotificationStats = { total: 0, unread: 0, byEvent: {}, byPriority: {}, pending: 0, delivered: 0, dead: 0 }
// A screenful or two: more only for those who ask, and for programs.
const shownToPeople = 50

/** Prints the inbox, newest first; or marks, counts, shows what was not delivered, or sends it again. */
export function notifications(options: NotificationsOptions, context: Context): number {
  const { json = false, unread = false, read, stats = false, dead = false, redeliver, limit } = options
  const { terminal } = context
  const { state } = locateState(options)
  if (read !== undefined) return markRead(state, read, options, context)
  if (redeliver !== undefined) return sendAgain(state, redeliver, options, context)
  return withStore({ state }, (store) => {
    if (stats) {
      const counts = store?.stats() ?? noStats
      if (json) printJson(terminal, { ...counts })
      else terminal.out(statsText(counts))
    } else if (dead) {
      const letters = store?.deadLetters() ?? []
      if (json) printJson(terminal, letters.map(deadLetterView))
      else terminal.out(letters.length === 0 ? 'No dead letters: nothing was given up on.' : deadLettersTable(letters, terminal))
    } else {
      const most = limit ?? (json ? undefined : shownToPeople)
      const inbox = store?.notifications({ unread, ...(most !== undefined && { limit: most }) }) ?? []
      if (json) printJson(terminal, inbox.map(notificationView))
      else if (inbox.length === 0) terminal.out(unread ? 'No unread notifications.' : 'No notifications yet: nothing worth telling has happened so far.')
      else terminal.out(notificationsTable(inbox, terminal))
      if (!json && limit === undefined && inbox.length === shownToPeople) {
        terminal.note(`These are the newest ${shownToPeople}; see more with --limit N.`)
      }
    }
    return exitCodes.done
  })
}

function markRead(state: string, id: string, { json = false }: NotificationsOptions, { terminal }: Context): number {
  return withStore({ state, readOnly: false }, (store) => {
    const known = id === 'all' || (store !== undefined && isKnown(store, id))
    const count = store?.markRead(id) ?? 0
    if (json) printJson(terminal, { marked: count })
    if (!known) terminal.note(`There is no notification ${id}: see the ids with "govstream notifications".`)
    else if (!json) terminal.out(count === 0 ? 'Nothing was unread.' : `${counted(count)} marked as read.`)
    return known ? exitCodes.done : exitCodes.failed
  })
}

function sendAgain(state: string, id: string, { json = false }: NotificationsOptions, { terminal, now }: Context): number {
  return withStore({ state, readOnly: false }, (store) => {
    const count = store?.revive(id, now()) ?? 0
    if (count > 0) {
      store?.record({ at: now(), chain: '', kind: 'delivery', detail: { redeliver: id, count } })
    }
    if (json) printJson(terminal, { redelivered: count })
    else if (count > 0) terminal.out(`${counted(count)} put back: the next "govstream run" or "govstream sync" sends it.`)
    if (count > 0 || id === 'all') {
      if (count === 0 && !json) terminal.out('No dead letters: nothing was given up on.')
      return exitCodes.done
    }
    terminal.note(`There is no dead letter ${id}: see them with "govstream notifications --dead".`)
    return exitCodes.failed
  })
}

function isKnown(store: Store, id: string): boolean {
  return store.notifications({}).some((notification) => notification.id === id)
}

function counted(count: number): string {
  return count === 1 ? '1 notification' : `${count} notifications`
}
