import { type ChannelDeps, defaultTimeoutMs, type LogWriter } from '../channels/Channel.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import { DeliveryError, reasonOf } from '../domain/errors.js'
import { exampleOf } from '../domain/notifications/examples/exampleOf.js'
import type { Notification } from '../domain/notifications/notification.js'
import { composerOf, withTemplatesOf } from './composerOf.js'
import type { ServerAccess } from './createServerAccess.js'
import { exampleChainOf } from './exampleChainOf.js'

/** The result of testing one handler. */
export interface TestedHandler {
  readonly name: string
  readonly type: string
  /** Why the service did not accept the test, in its own words; absent if it did. */
  readonly problem?: string
  /** True if the service refused it for good. Otherwise it was not reached, or may accept it later. */
  readonly isRefused?: true
}

export interface TestDeps extends ServerAccess {
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
}

const mark = '[TEST] '
const said = 'This is a test: nothing of it has happened.'

/** Sends each handler one notification that is marked as a test, once and regardless of filters. */
export function testHandlers(
  config: Config,
  handlers: Config['notifier']['handlers'],
  { http, conceal, log, now, signal }: TestDeps,
): Promise<readonly TestedHandler[]> {
  const notification = testNotification(config, now())
  const compose = composerOf(config)
  return Promise.all(
    handlers.map(async (settings): Promise<TestedHandler> => {
      const { name, type } = settings
      const composed = marked(withTemplatesOf(settings, config, { compose, log }))
      const lane = channelOf(settings).open(settings, { log, http, now, compose: composed })
      const limit = AbortSignal.timeout(lane.timeoutMs ?? defaultTimeoutMs)
      try {
        await lane.handler.handle(notification, { signal: AbortSignal.any([signal, limit]) })
        return { name, type }
      } catch (cause) {
        const late = limit.aborted && !signal.aborted
        const problem = conceal(late ? 'It gave no answer in time.' : reasonOf(cause))
        return { name, type, problem, ...(isRefusal(cause) && { isRefused: true }) }
      }
    }),
  )
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof DeliveryError && cause.kind === 'permanent' && cause.status !== undefined
}

function testNotification(config: Config, now: number): Notification {
  const example = exampleOf('new_proposal', { ...exampleChainOf(config), now })
  const { title, message, chain } = example
  // Each test has an id of its own, so that a service that remembers ids accepts the next one too.
  return { ...example, id: `${chain}/test:${now}`, title: `${mark}${title}`, message: `${said}\n${message}` }
}

/** Marks the message after a template has filled its title, so that the mark is at the front and only once. */
function marked(compose: ChannelDeps['compose']): ChannelDeps['compose'] {
  return (notification) => {
    const message = compose({ ...notification, title: notification.title.replace(mark, '') })
    return {
      ...message,
      subject: `${message.chain}/test`,
      title: `${mark}${message.title}`,
      lines: [said, ...message.lines],
    }
  }
}
