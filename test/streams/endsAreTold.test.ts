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

/** The subjects of which something was told, and no end of it since. */
function toldOpen({ turns }: Run): ReadonlySet<string> {
  const open = new Set<string>()
  for (const { notification } of turns.flatMap(({ announcements }) => announcements)) {
    for (const subject of subjectsEndedBy(notification)) open.delete(subject)
    if (standingOf(notification) === 'open') open.add(subjectOf(notification))
  }
  return open
}

/** True where nothing is left to be done: a plan that is refused or has failed still wants somebody. */
function isOver({ state }: Run, key: string): boolean {
  const upgrade = state.upgrades.get(key)
  if (upgrade !== undefined) return ['completed', 'cancelled', 'past'].includes(upgrade.status)
  const status = state.proposals.get(key)?.status
  return status === undefined || ['rejected', 'executed', 'canceled', 'expired', 'failed'].includes(status)
}

it('whatever is over was told to be over, so that each alert closes', () => {
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
