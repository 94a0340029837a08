import { z } from 'zod'
import { defaultPriorities, type NotificationEvent, priorities } from '../domain/notifications/notification.js'
import { list, oneOf, text } from '../schema/scalars.js'

/** Every event, in the order of the documentation. */
export const events = Object.keys(defaultPriorities).filter(isEvent)

/** Keys every handler takes. */
export const handlerKeys = {
  name: z
    .exactOptional(text())
    .describe('Name in the log and the outbox; by default the type, numbered where it repeats.'),
  minPriority: oneOf(priorities).prefault('low').describe('Least priority it wants.'),
  events: z.exactOptional(list(oneOf(events), 'events').readonly()).describe('Only these events.'),
  chains: z.exactOptional(list(text(), 'chain names').readonly()).describe('Only these chains.'),
}

function isEvent(word: string): word is NotificationEvent {
  return word in defaultPriorities
}
