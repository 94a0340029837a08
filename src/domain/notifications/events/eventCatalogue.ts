import { channelEvents } from './channelEvents.js'
import type { EventDeclaration } from './eventDeclaration.js'
import { fileEvents } from './fileEvents.js'
import { hookEvents } from './hookEvents.js'
import { preflightEvents } from './preflightEvents.js'
import { proposalEvents } from './proposalEvents.js'
import { silenceEvents } from './silenceEvents.js'
import { sourceEvents } from './sourceEvents.js'
import { stateEvents } from './stateEvents.js'
import { upgradeEvents } from './upgradeEvents.js'
import { voteEvents } from './voteEvents.js'

const events = {
  ...proposalEvents,
  ...voteEvents,
  ...upgradeEvents,
  ...preflightEvents,
  ...fileEvents,
  ...hookEvents,
  ...channelEvents,
  ...stateEvents,
  ...silenceEvents,
  ...sourceEvents,
}

/** The name of an event. */
export type NotificationEvent = keyof typeof events

/** The `data` type of each event. */
export type NotificationDataByEvent = {
  readonly [Event in NotificationEvent]: ReturnType<(typeof events)[Event]['example']>
}

/** All events by name, in the order in which the documentation lists them. */
export const eventCatalogue: {
  readonly [Event in NotificationEvent]: EventDeclaration<NotificationDataByEvent[Event]>
} = events

/** The events about a proposal or its vote; their data includes `ProposalData`. */
export type ProposalEvent = keyof typeof proposalEvents | keyof typeof voteEvents

/** Returns true if the event is about a proposal or its vote. */
export function isProposalEvent(event: string): event is ProposalEvent {
  return Object.hasOwn(proposalEvents, event) || Object.hasOwn(voteEvents, event)
}

/** Returns the declaration of an event; `undefined` for an event of another version. */
export function declarationOf<Event extends NotificationEvent>(
  event: Event,
): EventDeclaration<NotificationDataByEvent[Event]> | undefined {
  return Object.hasOwn(eventCatalogue, event) ? eventCatalogue[event] : undefined
}
