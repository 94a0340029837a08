import {
  asyncScheduler,
  filter,
  type Observable,
  ReplaySubject,
  type SchedulerAction,
  type SchedulerLike,
  type Subscription,
  take,
  throwError,
  throwIfEmpty,
  timeout,
} from 'rxjs'
import type { Monitor, MonitorDeps } from '../../src/monitor/Monitor.js'
import type { ConfigInput } from '../../src/config/schema.js'
import type { Change } from '../../src/domain/proposals/change.js'
import type { Health } from '../../src/domain/health.js'
import { type Notification, type NotificationEvent, proposalIdOf } from '../../src/domain/notifications/notification.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { createMonitor } from '../../src/monitor.js'

type ChainInput = ConfigInput['chains'][number]

/**
 * A chain as the tests configure it: fast, without delays, and complete once the height is
 * past.
 */
export function chainOf(
  url: string | readonly string[],
  address: string,
  {
    rpc,
    monitor,
    scheduler,
    ...rest
  }: Partial<Omit<ChainInput, 'rpc'>> & { readonly rpc?: Partial<ChainInput['rpc']> } = {},
): ChainInput {
  return {
    name: 'local',
    rpc: { urls: typeof url === 'string' ? [url] : [...url], ...rpc },
    governance: { system: 'governor', address },
    monitor: { pollInterval: '50ms', downAfter: '50ms', ...monitor },
    scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [], ...scheduler },
    ...rest,
  }
}

/** The clock of the host, which can be advanced. */
export function hostClock(): { readonly scheduler: SchedulerLike; readonly forward: (ms: number) => void } {
  let ahead = 0
  return {
    scheduler: {
      now: () => Date.now() + ahead,
      schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription =>
        asyncScheduler.schedule(work, delay, state),
    },
    forward: (ms) => (ahead += ms),
  }
}

/** A running monitor, and everything it emitted. */
export interface Watching {
  readonly monitor: Monitor
  /**
   * Resolves with the notification, also if it was sent before; rejects after twenty seconds
   * without it.
   */
  readonly told: (event: NotificationEvent, about?: bigint) => Promise<Notification>
  /** The events so far: of one proposal, or all. */
  readonly notifications: (about?: bigint) => readonly Notification[]
  readonly events: (about?: bigint) => readonly NotificationEvent[]
  readonly changes: readonly Change[]
  /** After each poll. */
  readonly health: readonly Health[]
  /** The state of a proposal or an upgrade once it is as wanted. */
  readonly proposal: (id: bigint, wanted?: (proposal: Proposal) => boolean) => Promise<Proposal>
  readonly upgrade: (id: bigint, wanted?: (upgrade: Upgrade) => boolean) => Promise<Upgrade>
  /** One whole poll that begins now: everything it finds has been emitted when it resolves. */
  readonly settle: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Runs a monitor until it is stopped or goes out of scope, and records what it emits. */
export function watch(
  config: Omit<ConfigInput, 'state'> & { readonly state?: string },
  deps: MonitorDeps = {},
): Watching {
  const monitor = createMonitor({ state: ':memory:', notifier: { handlers: [] }, ...config }, deps)
  const controller = new AbortController()
  const told$ = new ReplaySubject<Notification>(Infinity)
  const given: Notification[] = []
  const changes: Change[] = []
  const health: Health[] = []
  monitor.notifications$.subscribe((notification) => given.push(notification))
  monitor.notifications$.subscribe(told$)
  const seen = monitor.changes$.subscribe((change) => changes.push(change))
  const latest = [
    monitor.proposals$.subscribe(),
    monitor.upgrades$.subscribe(),
    monitor.health$.subscribe((one) => health.push(one)),
  ]
  const ended = monitor.run({ signal: controller.signal })
  const notifications = (about?: bigint): readonly Notification[] =>
    given.filter((notification) => isAbout(notification, about))
  const stop = async (): Promise<void> => {
    controller.abort()
    await ended
    seen.unsubscribe()
    for (const subscription of latest) subscription.unsubscribe()
  }
  return {
    monitor,
    told: (event, about) =>
      soon(told$.pipe(filter((notification) => notification.event === event && isAbout(notification, about))), event),
    notifications,
    events: (about) => notifications(about).map(({ event }) => event),
    changes,
    health,
    proposal: async (id, wanted = () => true) => {
      const find = (all: ReadonlyMap<string, Proposal>): Proposal | undefined =>
        [...all.values()].find((one) => one.id === id.toString() && wanted(one))
      const { proposals } = await soon(
        monitor.proposals$.pipe(filter((state) => find(state.proposals) !== undefined)),
        `proposal ${id}`,
      )
      return find(proposals)!
    },
    upgrade: async (id, wanted = () => true) => {
      const find = (all: readonly Upgrade[]): Upgrade | undefined =>
        all.find((one) => one.proposalId === id.toString() && wanted(one))
      const { upgrades } = await soon(
        monitor.upgrades$.pipe(filter((queue) => find(queue.upgrades) !== undefined)),
        `upgrade of ${id}`,
      )
      return find(upgrades)!
    },
    settle: async () => {
      await monitor.sync()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The first value, or an error that names what did not come. */
export function soon<T>(value$: Observable<T>, what: string): Promise<T> {
  const late = (): Error => new Error(`Nothing was heard of ${what}.`)
  return new Promise((resolve, reject) => {
    value$
      .pipe(timeout({ first: 20_000, with: () => throwError(late) }), take(1), throwIfEmpty(late))
      .subscribe({ next: resolve, error: reject })
  })
}

function isAbout(notification: Notification, about: bigint | undefined): boolean {
  return about === undefined || proposalIdOf(notification) === about.toString()
}
