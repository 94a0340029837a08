import { expect, it } from 'vitest'
import { draftNotification } from '../../../src/domain/notifications/announcement.js'
import { preflightEvents } from '../../../src/domain/notifications/events/preflightEvents.js'
import { sourceEvents } from '../../../src/domain/notifications/events/sourceEvents.js'
import { upgradeEvents } from '../../../src/domain/notifications/events/upgradeEvents.js'
import { messageOf } from '../../../src/domain/notifications/message.js'

const options = { chain: 'main', system: 'fork-config', contract: 'eth_config', now: Date.UTC(2026, 10, 26) }
const due = { height: null, time: '2026-12-01T10:00:00Z' }
const at = { chain: 'main', timestamp: '2026-11-26T00:00:00Z', subject: 'main', fact: 'x' } as const

function textOf(drafted: ReturnType<typeof draftNotification>): string {
  const { title, lines, advice = '' } = messageOf(drafted.notification)
  return [title, ...lines, advice].join('\n')
}

it('a plan that is due at a time happens "on" a day, in every text', () => {
  const texts = [
    textOf(
      draftNotification({
        ...at,
        event: 'upgrade_scheduled',
        data: { ...upgradeEvents.upgrade_scheduled.example(options), ...due },
      }),
    ),
    textOf(
      draftNotification({
        ...at,
        event: 'upgrade_refused',
        data: { ...upgradeEvents.upgrade_refused.example(options), ...due },
      }),
    ),
    textOf(
      draftNotification({
        ...at,
        event: 'upgrade_imminent',
        data: { ...upgradeEvents.upgrade_imminent.example(options), ...due },
      }),
    ),
    textOf(
      draftNotification({
        ...at,
        event: 'upgrade_rescheduled',
        data: { ...upgradeEvents.upgrade_rescheduled.example(options), ...due, before: null },
      }),
    ),
    textOf(
      draftNotification({
        ...at,
        event: 'upgrade_cancelled',
        data: { ...upgradeEvents.upgrade_cancelled.example(options), ...due },
      }),
    ),
    textOf(
      draftNotification({
        ...at,
        event: 'preflight_failed',
        data: { ...preflightEvents.preflight_failed.example(options), ...due },
      }),
    ),
  ]
  for (const text of texts) {
    expect(text).toMatch(/ (?:on|for) Tue 1 Dec 2026 10:00 UTC/)
    expect(text).not.toMatch(/\bat \w{3} \d/)
  }
})

it('a time in a sentence about the chain is "on" a day, too', () => {
  const problem = 'The node went back: block 5 was read at 2026-11-26T01:50:00.000Z.'
  const data = { ...sourceEvents.source_down.example(options), problem }
  expect(textOf(draftNotification({ ...at, event: 'source_down', data }))).toContain(
    'block 5 was read on Thu 26 Nov 2026 01:50 UTC.',
  )
})
