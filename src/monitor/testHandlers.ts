import { type ChannelDeps, defaultTimeoutMs, type LogWriter } from '../channels/Channel.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import { DeliveryError, reasonOf } from '../domain/errors.js'
import { exampleOf } from '../domain/notifications/examples/exampleOf.js'
import type { Notification } from '../domain/notifications/notification.js'
import { composerOf, withTemplatesOf } from './composerOf.js'
import type { ServerAccess } from './createServerAccess.js'
import { exampleChainOf } from './exampleChainOf.js'

/** What became of the test of one handler. */
export interface TestedHandler {
  readonly name: string
  readonly type: string
  /** In the words of the service, why it did not take it; absent where it did. */
  readonly problem?: string
  /** The service answered that it will not take it; else it was not reached, or may take it later. */
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

/** Sends each of these handlers one notification that is marked as a test, once, whatever their filters say. */
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
  // Each test is a fact of its own: what remembers ids takes the next one too.
  return { ...example, id: `${chain}/test:${now}`, title: `${mark}${title}`, message: `${said}\n${message}` }
}

/** Also where a template has another title. */
function marked(compose: ChannelDeps['compose']): ChannelDeps['compose'] {
  return (notification) => {
    const message = compose(notification)
    const title = message.title.startsWith(mark) ? message.title : `${mark}${message.title}`
    return { ...message, subject: `${message.chain}/test`, title, lines: [said, ...message.lines] }
  }
}
