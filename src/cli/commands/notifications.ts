import { defined } from '../../domain/defined.js'
import { countText, notificationsText } from '../../domain/notifications/phrases.js'
import type { Notification } from '../../domain/notifications/notification.js'
import type { FailedDelivery } from '../../store/DeliveryStore.js'
import type { NotificationStats, Store } from '../../store/Store.js'
import { exitCodes } from '../exitCodes.js'
import { type Located, locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { matchingNotifications, shortNotificationIds } from '../output/notificationIds.js'
import { failedTable, notificationsTable, statsText } from '../output/notificationsText.js'
import { moreText, pageByPage } from '../output/longList.js'
import { printJson, printJsonList } from '../output/printJson.js'
import { type ShortId, wholeIds } from '../output/shortIds.js'
import type { Context } from '../Terminal.js'
import {
  failedDeliveryView,
  markedView,
  notificationStatsView,
  notificationView,
  redeliveredView,
} from '../../views/notificationView.js'
import { withStore } from '../withStore.js'

export interface NotificationsOptions extends ReadOptions {
  readonly unread?: boolean
  /** An id or `all`, as for `resend`. */
  readonly read?: string
  readonly stats?: boolean
  readonly failed?: boolean
  readonly resend?: string
  /** Former names of `failed` and `resend`. */
  readonly dead?: boolean
  readonly redeliver?: string
  readonly limit?: number
}

const noStats: NotificationStats = {
  total: 0,
  unread: 0,
  byEvent: {},
  byPriority: {},
  pending: 0,
  delivered: 0,
  dead: 0,
}
// One or two screenfuls: people see more only with --limit, and programs get everything.
const shownToPeople = 50

/** Prints the inbox, newest first; or marks notifications as read, counts them, lists failed ones, or resends them. */
export async function notifications(options: NotificationsOptions, context: Context): Promise<number> {
  const {
    json = false,
    read,
    stats = false,
    dead = false,
    failed = dead,
    limit,
    redeliver,
    resend = redeliver,
  } = options
  const located = await locateState(options)
  const { state } = located
  if (read !== undefined) return markRead(state, read, options, context)
  if (resend !== undefined) return sendAgain(located, resend, options, context)
  const most = limit ?? (json ? undefined : shownToPeople)
  return withStore({ state }, async (store) => {
    if (stats) showStats(store, options, context)
    else if (failed) await showFailed(store, most, options, context)
    else if (json) await printInbox(store, most, options, context)
    else showInbox(store, most, state, options, context)
    return exitCodes.done
  })
}

function showStats(store: Store | undefined, { json = false }: NotificationsOptions, { terminal }: Context): void {
  const counts = store?.stats() ?? noStats
  if (json) printJson(terminal, notificationStatsView(counts))
  else terminal.out(statsText(counts))
}

async function showFailed(
  store: Store | undefined,
  most: number | undefined,
  { json = false }: NotificationsOptions,
  { terminal, now }: Context,
): Promise<void> {
  // People also see how many more there are, so all are read.
  const all = store?.failedDeliveries(json ? most : undefined) ?? []
  if (json) return printJsonList(terminal, all, failedDeliveryView)
  const shown = all.slice(0, most)
  terminal.out(
    all.length === 0
      ? nothingFailed
      : failedTable(shown, terminal, { short: shortIdsFor(store, terminal), now: now() }) +
          moreText(all.length - shown.length),
  )
}

/** The inbox as JSON, a page at a time. */
function printInbox(
  store: Store | undefined,
  most: number | undefined,
  { unread = false }: NotificationsOptions,
  { terminal }: Context,
): Promise<void> {
  const page = (count: number, last?: Notification): readonly Notification[] =>
    store?.notifications({ unread, limit: count, ...defined({ before: last?.id }) }) ?? []
  return printJsonList(terminal, pageByPage(page, most), notificationView)
}

function showInbox(
  store: Store | undefined,
  most: number | undefined,
  state: string,
  { unread = false, limit }: NotificationsOptions,
  { terminal }: Context,
): void {
  const inbox = store?.notifications({ unread, ...defined({ limit: most }) }) ?? []
  if (inbox.length > 0) terminal.out(notificationsTable(inbox, terminal, shortIdsFor(store, terminal)))
  else if (store === undefined) terminal.out(`No notifications yet: nothing has been read into ${state}.`)
  else if (unread) terminal.out('No unread notifications.')
  else terminal.out('No notifications yet: nothing has happened so far that is worth a notification.')
  if (limit === undefined && inbox.length === shownToPeople)
    terminal.note(`These are the newest ${shownToPeople}; see more with --limit N.`)
}

/** Returns short ids on a terminal, and whole ones for programs. */
function shortIdsFor(store: Store | undefined, { width }: Context['terminal']): ShortId {
  return width < Infinity ? shortNotificationIds(idsIn(store)) : wholeIds
}

function idsIn(store: Store | undefined): readonly string[] {
  return store?.notificationIds() ?? []
}

/** Returns the one notification that is meant; `all` is returned unchanged. Explains if there is none, or several. */
function resolveNotification(
  store: Store | undefined,
  given: string,
  { terminal }: Context,
  words: { readonly what: string; readonly see: string; readonly ids: readonly string[] },
): string | undefined {
  if (given === 'all') return given
  const [first, ...others] = store === undefined ? [] : matchingNotifications(words.ids, given)
  if (first !== undefined && others.length === 0) return first
  if (first === undefined) terminal.note(`There is no ${words.what} ${given}: see ${words.see}.`)
  else terminal.note(`${given} means ${others.length + 1} of them; give more of the id.`)
  return undefined
}

function markRead(
  state: string,
  given: string,
  { json = false }: NotificationsOptions,
  context: Context,
): Promise<number> {
  const { terminal } = context
  return withStore({ state, readOnly: false }, (store) => {
    const id = resolveNotification(store, given, context, {
      what: 'notification',
      see: 'the ids with "govstream notifications"',
      ids: idsIn(store),
    })
    const count = id === undefined ? 0 : (store?.markRead(id) ?? 0)
    if (json) printJson(terminal, markedView(count))
    else if (id !== undefined)
      terminal.out(count === 0 ? 'Nothing was unread.' : `${notificationsText(count)} marked as read.`)
    return id === undefined ? exitCodes.failed : exitCodes.done
  })
}

function sendAgain(
  { state, handlers }: Located,
  given: string,
  { json = false }: NotificationsOptions,
  context: Context,
): Promise<number> {
  const { terminal, now } = context
  return withStore({ state, readOnly: false }, (store) => {
    const failed = store?.failedDeliveries() ?? []
    // Several deliveries of one notification may have failed.
    const ids = [...new Set(failed.map(({ notification }) => notification.id))]
    const [unfailed] = matchingNotifications(ids, given).length === 0 ? matchingNotifications(idsIn(store), given) : []
    if (given !== 'all' && unfailed !== undefined) {
      terminal.note(`No delivery of ${given} has failed: ${unfailedText}.`)
      if (json) printJson(terminal, redeliveredView(0))
      return exitCodes.failed
    }
    const id = resolveNotification(store, given, context, {
      what: 'failed notification',
      see: 'them with "govstream notifications --failed"',
      ids,
    })
    const gone = goneOf(failed, handlers, id)
    const count = id === undefined ? 0 : (store?.revive(id, now(), gone) ?? 0)
    if (id !== undefined && count > 0)
      store?.record({ at: now(), chain: '', kind: 'delivery', detail: { redeliver: id, count } })
    if (gone.length > 0) terminal.note(goneText(gone))
    if (json) printJson(terminal, redeliveredView(count))
    else if (id !== undefined && (count > 0 || gone.length === 0)) terminal.out(resentText(count, store, now()))
    if (id === undefined) return exitCodes.failed
    return count === 0 && gone.length > 0 ? exitCodes.usage : exitCodes.done
  })
}

/** Returns the handlers of failed deliveries, of one notification or of all, that the configuration no longer has. */
function goneOf(
  failed: readonly FailedDelivery[],
  handlers: readonly string[] | undefined,
  id: string | undefined,
): readonly string[] {
  const asked = failed.filter(({ notification }) => id === 'all' || notification.id === id)
  return [...new Set(asked.map(({ handler }) => handler))].filter((handler) => handlers?.includes(handler) === false)
}

function goneText(gone: readonly string[]): string {
  const names = gone.join(', ')
  return gone.length === 1
    ? `No handler ${names} is configured: put it back, then send again what it was to get. If a program supplies the handler, send again with --state FILE and without --config.`
    : `No handlers ${names} are configured: put them back, then send again what they were to get. If a program supplies the handlers, send again with --state FILE and without --config.`
}

function resentText(count: number, store: Store | undefined, now: number): string {
  if (count === 0) return nothingFailed
  const deliveries = count === 1 ? '1 delivery is' : `${countText(BigInt(count))} deliveries are`
  return `${deliveries} to be made again: ${sendingOf(store, { now, what: count === 1 ? 'it' : 'them' })}.`
}

// A delivery that is to be made again has not been made yet.
const nothingFailed = 'Nothing failed: no delivery was given up, and none waits for a further try.'
const unfailedText = 'what was delivered, waits for its first try or is silenced is not sent again'

function sendingOf(store: Store | undefined, { now, what }: { readonly now: number; readonly what: string }): string {
  return store?.holder(now) === undefined
    ? `the next "govstream run" or "govstream sync" makes ${what}`
    : `the govstream that runs with this state makes ${what} with its next poll`
}
