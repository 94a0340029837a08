import fc from 'fast-check'
import { expect, it } from 'vitest'
import { standingOf, subjectsEndedBy } from '../../src/domain/notifications/message.js'
import { subjectOf } from '../../src/domain/notifications/notification.js'
import { chain } from '../support/builders.js'
import {
  calmTimeline,
  forkedTimeline,
  lastHeight,
  options,
  polls,
  rivalTimeline,
  type Poll,
  type Run,
  watch,
} from './interleavingGiven.js'

const hardPolls = fc.array(fc.constantFrom<Poll>('good', 'none', 'failed', 'portions', 'refusing', 'unwritable'), {
  minLength: lastHeight,
  maxLength: lastHeight,
})

/** The open subjects of the notifications whose end was not announced since. */
function toldOpen({ turns }: Run): ReadonlySet<string> {
  const open = new Set<string>()
  for (const { notification } of turns.flatMap(({ announcements }) => announcements)) {
    for (const subject of subjectsEndedBy(notification)) open.delete(subject)
    if (standingOf(notification) === 'open') open.add(subjectOf(notification))
  }
  return open
}

/** True if nothing is left to do; a refused or failed plan still needs attention. */
function isOver({ state }: Run, key: string): boolean {
  const upgrade = state.upgrades.get(key)
  if (upgrade !== undefined) return ['completed', 'cancelled', 'past'].includes(upgrade.status)
  const status = state.proposals.get(key)?.status
  return status === undefined || ['rejected', 'executed', 'canceled', 'expired', 'failed'].includes(status)
}

it('announces the end of everything that is over, so that each alert closes', () => {
  fc.assert(
    fc.property(
      fc.oneof(calmTimeline, forkedTimeline, rivalTimeline),
      fc.oneof(polls, hardPolls),
      options,
      (timeline, schedule, plan) => {
        const run = watch(timeline, schedule, plan)
        const plans = [...toldOpen(run)].filter((subject) => subject !== chain)
        expect(plans.filter((subject) => isOver(run, subject))).toStrictEqual([])
      },
    ),
    { numRuns: 50 },
  )
})
