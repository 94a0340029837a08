import { describe, expect, it } from 'vitest'
import { events } from '../../../src/channels/filter.js'
import { moodOf } from '../../../src/channels/render/moodOf.js'
import { exampleOf } from '../../../src/domain/notifications/examples/exampleOf.js'
import { messageOf } from '../../../src/domain/notifications/message.js'

const messages = events.map((event) =>
  messageOf(exampleOf(event, { chain: 'local', system: 'governor', contract: '0xA1', now: 0 })),
)

describe('moodOf', () => {
  it('is the priority while a subject is open', () => {
    for (const message of messages.filter(({ standing }) => standing === 'open'))
      expect(moodOf(message)).toBe(message.priority)
  })

  it('shows a success only for an end that is one', () => {
    expect(messages.filter((message) => moodOf(message) === 'over').map(({ event }) => event)).toStrictEqual([
      'upgrade_completed',
      'preflight_passed',
      'hook_ran',
      'channel_recovered',
      'silence_ended',
      'source_recovered',
    ])
  })
})
