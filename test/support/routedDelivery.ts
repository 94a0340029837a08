import { asyncScheduler, lastValueFrom, NEVER, toArray } from 'rxjs'
import { parseConfig } from '../../src/config/parseConfig.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import { openLanes } from '../../src/monitor/openLanes.js'
import { silentLog } from '../../src/monitor/monitorLog.js'
import { deliverDue } from '../../src/sinks/outbox/deliverDue.js'
import type { DeliveryReport } from '../../src/sinks/outbox/DeliveryReport.js'
import { openStore } from '../../src/store/openStore.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { minimal } from './configs.js'
import { announcement, turn } from './storeGiven.js'

export interface RoutedDelivery {
  /** Commits the notifications at a time (Unix ms) and delivers what is due then. */
  readonly happens: (
    at: number,
    ...told: readonly Parameters<typeof announcement>[]
  ) => Promise<readonly DeliveryReport[]>
  /** Loads another `notifier`. */
  readonly reload: (notifier: object) => void
  /** Names of the handlers that would get it. */
  readonly receivers: (at: number, ...told: Parameters<typeof announcement>) => readonly string[]
  /** How many deliveries are waiting or buried. */
  readonly waiting: () => number
  /** Sends dead letters again. */
  readonly resend: (at: number) => Promise<readonly DeliveryReport[]>
}

/**
 * The path of notifications from the commit of a turn to the services, by the `notifier` of a
 * configuration.
 */
export function routedDelivery(notifier: object): RoutedDelivery {
  const store = openStore({ path: ':memory:' })
  const http = createHttpClient()
  let clock = 0
  const now = () => clock
  const lanesOf = (wanted: object) =>
    openLanes(parseConfig(minimal({}, { notifier: wanted })), {
      ...{ http, now, scheduler: asyncScheduler },
      log: silentLog,
      compose: messageOf,
      handlers: [],
    })
  let { lanes, route } = lanesOf(notifier)
  const deliver = () => {
    const votes = { moved$: NEVER, states: () => [], route }
    const options = { store, handlers: lanes, now, random: () => 0, votes }
    return lastValueFrom(deliverDue(options).pipe(toArray()), { defaultValue: [] })
  }
  return {
    happens: (at, ...told) => {
      clock = at
      const announcements = told.map((one) => announcement(...one))
      if (told.length > 0) store.commit(turn({ announcements, time: at }), route)
      return deliver()
    },
    reload: (wanted) => {
      ;({ lanes, route } = lanesOf(wanted))
    },
    receivers: (at, ...told) => {
      const routed = route(announcement(...told).notification, { at, silences: [], hasTold: () => false })
      const to = 'to' in routed ? routed.to : routed
      return to.map((delivery) => (typeof delivery === 'string' ? delivery : delivery.handler))
    },
    waiting: () => {
      const { pending, dead } = store.stats()
      return pending + dead
    },
    resend: (at) => {
      clock = at
      store.revive('all', at)
      return deliver()
    },
  }
}
