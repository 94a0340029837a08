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

/** What a notification may be about. */
export type NotificationEvent = keyof typeof events

/** The `data` of each event. */
export type NotificationDataByEvent = {
  readonly [Event in NotificationEvent]: ReturnType<(typeof events)[Event]['example']>
}

/** Every event there is, by its name, in the order in which the documentation lists them. */
export const eventCatalogue: {
  readonly [Event in NotificationEvent]: EventDeclaration<NotificationDataByEvent[Event]>
} = events

/** What is told of a proposal and of the vote on it: its data holds `ProposalData`. */
export type ProposalEvent = keyof typeof proposalEvents | keyof typeof voteEvents

/** True where the event is about a proposal or the vote on it. */
export function isProposalEvent(event: string): event is ProposalEvent {
  return Object.hasOwn(proposalEvents, event) || Object.hasOwn(voteEvents, event)
}

/** The declaration of an event; `undefined` of one that another version knows. */
export function declarationOf<Event extends NotificationEvent>(
  event: Event,
): EventDeclaration<NotificationDataByEvent[Event]> | undefined {
  return Object.hasOwn(eventCatalogue, event) ? eventCatalogue[event] : undefined
}
