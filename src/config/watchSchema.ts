import { z } from 'zod'
import { duration, flag, timerDuration, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'

const finality = 'expected latest, safe, finalized or a number of confirmations'

/** How one chain is watched. */
export const watchSchema = section({
  enabled: flag().prefault(true).describe('False leaves the chain alone.'),
  pollInterval: timerDuration().prefault('30s').describe('Time between two polls.'),
  proposalTimeout: duration()
    .prefault('24h')
    .describe('An open proposal this far past the end of its vote counts as expired.'),
  finality: z
    .union([z.enum(['latest', 'safe', 'finalized']), whole(0)], { error: finality })
    .prefault('latest')
    .describe('The block that is read: latest, safe, finalized, or that many blocks behind the latest.'),
  downAfter: timerDuration()
    .prefault('30s')
    .describe('A node that gives no answer for this long is down, and is told; at least one pollInterval.'),
  stallAfter: timerDuration().prefault('10m').describe('A head that does not move for this long is a stalled chain.'),
  maxBackoff: timerDuration().prefault('60s').describe('Longest pause between two tries of a node that fails.'),
})
