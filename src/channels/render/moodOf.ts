import type { Message } from '../../domain/notifications/message.js'

/** Ends that are no success, and must not look like one. */
const unhappyEnds: ReadonlySet<string> = new Set<Message['event']>([
  'proposal_rejected',
  'proposal_canceled',
  'proposal_expired',
  'proposal_failed',
  'upgrade_cancelled',
  'hook_failed',
])

/** Returns what the colour or the sign of a message expresses: its priority, or how its subject ended. */
export function moodOf({ event, priority, standing }: Message): Message['priority'] | 'over' | 'withdrawn' {
  if (standing === 'open') return priority
  return standing === 'over' && unhappyEnds.has(event) ? priority : standing
}
