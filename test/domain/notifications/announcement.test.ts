import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Draft, draftNotification } from '../../../src/domain/notifications/announcement.js'
import { hostile } from '../../support/hostile/hostileTexts.js'

const draft = {
  chain: 'local',
  event: 'state_rebuilt' as const,
  subject: 'local/0xa1/1',
  timestamp: 'now',
  data: { movedTo: '', problem: '' },
}
const idOf = (parts: Partial<Pick<Draft, 'subject' | 'fact'>>): string =>
  draftNotification({ ...draft, ...parts }).notification.id

describe('the id of a notification', () => {
  it('consists of subject, event and fact', () => {
    expect(idOf({})).toBe('local/0xa1/1:state_rebuilt')
    expect(idOf({ fact: 'v2@100' })).toBe('local/0xa1/1:state_rebuilt:v2%40100')
  })

  it('is remembered by its subject, unless it cannot occur twice', () => {
    expect(draftNotification(draft).subject).toBe('local/0xa1/1')
    expect(draftNotification({ ...draft, remembered: false })).not.toHaveProperty('subject')
  })

  it('fits into a header for any input', () => {
    fc.assert(
      fc.property(hostile, hostile, (subject, fact) => {
        const id = idOf({ subject, fact })
        expect(id).toMatch(/^[!-~]*$/)
        expect(id.length).toBeLessThan(1_000)
        expect(idOf({ subject, fact })).toBe(id)
      }),
      { numRuns: 500 },
    )
  })

  it('differs for long names that differ at the end', () => {
    const name = 'é'.repeat(500)
    expect(idOf({ fact: `${name}@100` })).not.toBe(idOf({ fact: `${name}@101` }))
  })

  it('cannot imitate that of another subject', () => {
    expect(idOf({ subject: 'local/0xa1/1:state_rebuilt', fact: 'x' })).not.toBe(idOf({ fact: 'state_rebuilt:x' }))
  })

  it('keeps 400 characters of each part, from both ends of what is longer', () => {
    const start = 'local/0xa1/1:state_rebuilt:'
    expect(idOf({ fact: 'x'.repeat(400) })).toBe(start + 'x'.repeat(400))
    expect(idOf({ fact: 'x'.repeat(401) })).toBe(`${start}${'x'.repeat(200)}~${'x'.repeat(199)}`)
    expect(idOf({ fact: `${'a'.repeat(250)}${'z'.repeat(250)}` })).toBe(`${start}${'a'.repeat(200)}~${'z'.repeat(199)}`)
  })
})
