import { etaOf } from '../domain/blocks/blockTime.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Pace } from '../domain/notifications/routing.js'
import { isActive, proposalStatuses } from '../domain/proposals/proposal.js'

/** Until when a notification is useful, Unix milliseconds; `unknown` if it has a deadline that cannot be computed. */
export type Deadline = number | 'unknown'

// A time that is estimated from the block times may come sooner by this share of the time left.
const drift = 0.1

/**
 * Returns the deadline of a notification: the end of its vote, or the height or time of its upgrade, whichever is
 * sooner and still ahead at `now` (Unix milliseconds). Returns undefined if nothing is ahead.
 */
export function deadlineOf({ data, event }: Notification, now: number, pace: Pace | undefined): Deadline | undefined {
  const fields = new Map<string, unknown>(Object.entries(data))
  const ends = event.startsWith('upgrade_')
    ? [planAhead(fields, fields, now, pace)]
    : [voteAhead(fields, now), planAhead(fields, planOf(fields.get('plan')), now, pace)]
  const ahead = ends.filter((end) => end !== undefined)
  if (ahead.includes('unknown')) return 'unknown'
  const known = ahead.filter((end) => end !== 'unknown')
  return known.length === 0 ? undefined : Math.min(...known)
}

type Fields = ReadonlyMap<string, unknown>

function voteAhead(fields: Fields, now: number): Deadline | undefined {
  const status = proposalStatuses.find((one) => one === fields.get('status'))
  if (status === undefined || !isActive({ status })) return undefined
  const end = timeOf(fields.get('votingEndsAt'))
  if (end !== undefined) return ahead(end, now, fields.get('votingEndsAtEstimated') === true)
  return typeof fields.get('votingEnd') === 'string' ? 'unknown' : undefined
}

const settled: readonly unknown[] = [
  'completed',
  'failed',
  'cancelled',
  'refused',
  'past',
  'rejected',
  'expired',
  'canceled',
]

function planAhead(fields: Fields, plan: Fields, now: number, pace: Pace | undefined): Deadline | undefined {
  if (settled.includes(fields.get('status'))) return undefined
  const [height, time] = [plan.get('height'), timeOf(plan.get('time'))]
  if (time !== undefined) return ahead(time, now, false)
  if (typeof height !== 'number' || !Number.isSafeInteger(height)) return undefined
  const eta = timeOf(fields.get('eta'))
  if (eta !== undefined) return ahead(eta, now, true)
  const head = pace?.head
  if (head === undefined) return 'unknown'
  if (BigInt(height) <= head.number) return undefined
  const seconds = etaOf(BigInt(height), head, pace?.blockTime ?? { samples: [] })
  return seconds === undefined ? 'unknown' : ahead(Number(seconds) * 1000, now, true)
}

function ahead(end: number, now: number, isEstimated: boolean): number | undefined {
  if (end <= now) return undefined
  return isEstimated ? Math.floor(end - (end - now) * drift) : end
}

function planOf(plan: unknown): Fields {
  return new Map<string, unknown>(typeof plan === 'object' && plan !== null ? Object.entries(plan) : [])
}

function timeOf(iso: unknown): number | undefined {
  const ms = typeof iso === 'string' ? Date.parse(iso) : NaN
  return Number.isNaN(ms) ? undefined : ms
}
