import { lastValueFrom, of } from 'rxjs'
import { expect, it } from 'vitest'
import type { Outage } from '../../../src/domain/notifications/outage.js'
import { newChain } from '../../../src/domain/newChain.js'
import { announceOutages } from '../../../src/monitor/turns/announceOutages.js'
import { beginDraft, eventOf } from '../../../src/streams/draft.js'
import { reading } from '../../support/builders.js'

const outage: Outage = {
  channel: 'pager',
  chain: 'local',
  since: 1_000,
  lastAt: 2_000,
  tries: 3,
  reason: 'The token is revoked.',
  isDown: true,
  isTold: false,
}

it.each([
  [
    'that is not announced yet is announced with the number of waiting notifications',
    outage,
    ['channel_down, 7 wait'],
    1,
  ],
  ['that is announced causes no count of waiting notifications', { ...outage, isTold: true }, [], 0],
  ['that is not confirmed yet causes no count either', { ...outage, isDown: false }, [], 0],
])('an outage %s', async (_, known, told, counts) => {
  let counted = 0
  const store = {
    outages: () => [known],
    waitingFor: () => {
      counted += 1
      return 7
    },
  }
  const stage = announceOutages({ store, channels: new Set(['pager']), announcesFor: () => true, labels: {} })
  const draft = beginDraft(newChain('local', 0), eventOf(reading(60)))
  const { announcements } = await lastValueFrom(of(draft).pipe(stage), { defaultValue: draft })
  const said = announcements.map(
    ({ notification: { event, data } }) => `${event}, ${'waiting' in data ? data.waiting : 0} wait`,
  )
  expect(said).toStrictEqual(told)
  expect(counted).toBe(counts)
})
