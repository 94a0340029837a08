import { isoOfMs } from '../../text/time.js'
import { type DraftOf, draftNotification } from '../announcement.js'
import { eventCatalogue } from '../events/eventCatalogue.js'
import type { Notification, NotificationEvent } from '../notification.js'
import type { ExampleOptions } from './exampleChain.js'

/**
 * Returns an example notification of an event, about a fictitious upgrade on a given chain. It lets people see what
 * they would receive.
 */
export function exampleOf(event: NotificationEvent, options: ExampleOptions): Notification {
  // Block times are whole seconds, so durations up to a whole second are whole too.
  const now = Math.floor(options.now / 1_000) * 1_000
  const { notification } = draftNotification(draftFor(event, { ...options, now }))
  return { ...notification, labels: options.labels ?? {} }
}

function draftFor<Event extends NotificationEvent>(event: Event, options: ExampleOptions): DraftOf<Event> {
  const { chain, now } = options
  const data = eventCatalogue[event].example(options)
  return { event, data, chain, timestamp: isoOfMs(now), subject: chain, fact: `example.${now}` }
}
