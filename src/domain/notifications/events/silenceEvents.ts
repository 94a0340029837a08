import { countText, notificationsText } from '../phrases.js'
import { event, over } from './eventDeclaration.js'

/** A silence that has ended, and how many notifications of the chain it held back, by event. */
export type SilenceData = {
  readonly silence: string
  readonly comment: string
  readonly by: string
  readonly held: number
  readonly events: Readonly<Record<string, number>>
}

/** What closes an alert at a pager, or the message of its subject. */
const closing: ReadonlySet<string> = new Set([
  'channel_recovered',
  'hook_ran',
  'preflight_passed',
  'proposal_canceled',
  'proposal_executed',
  'proposal_expired',
  'proposal_failed',
  'proposal_passed',
  'proposal_rejected',
  'proposal_retracted',
  'source_recovered',
  'upgrade_cancelled',
  'upgrade_completed',
])

export const silenceEvents = {
  silence_ended: event<SilenceData>({
    priority: 'low',
    when: 'a silence ended that held back notifications of the chain; says how many, by event',
    title: ({ held }, { chain }) =>
      `${chain}: a silence ended, ${notificationsText(held)} ${held === 1 ? 'was' : 'were'} held back`,
    message: ({ silence, comment, by, events }, { chain }) => [
      `${chain}: silence ${silence}, which ${by} added ("${comment}"), is over.`,
      `It held back: ${Object.entries(events)
        .map(([held, count]) => `${held.replaceAll('_', ' ')} (${countText(BigInt(count))})`)
        .join(', ')}.`,
      'They are in the inbox: read them with "govstream notifications".',
      ...(Object.keys(events).some((held) => closing.has(held))
        ? ['Alerts and messages that they would have closed stay open: close them by hand.']
        : []),
    ],
    subject: ({ silence }, chain) => `${chain}/silence/${silence}`,
    standing: over,
    example: () => ({
      silence: '3',
      comment: 'we move the node',
      by: 'ann',
      held: 3,
      events: { new_proposal: 2, voting_started: 1 },
    }),
  }),
}
