import { describe, expect, it } from 'vitest'
import { exampleOf } from '../../../../src/domain/notifications/examples/exampleOf.js'
import { messageOf } from '../../../../src/domain/notifications/message.js'
import { events } from '../../../../src/channels/filter.js'

const options = { chain: 'mainnet', system: 'governor', contract: '0x1', now: Date.UTC(2026, 10, 26, 9, 45) }

describe('exampleOf', () => {
  it.each(events)('has an example of %s with a text of its own', (event) => {
    const example = exampleOf(event, { ...options, labels: { team: 'core' } })
    expect(example).toMatchObject({ event, chain: 'mainnet', labels: { team: 'core' } })
    expect(messageOf(example).lines[0]).toMatch(/^mainnet: ./)
  })

  it('uses a block at which the event happens', () => {
    const factsOf = (event: (typeof events)[number]) =>
      messageOf(exampleOf(event, options)).facts.map(({ name, value }) => `${name}: ${value}`)
    expect(factsOf('upgrade_completed')).toContain('Chain is at: block 1,234,570')
    expect(factsOf('upgrade_triggered')).toContain('Chain is at: block 1,234,567')
    expect(factsOf('upgrade_halt_reached')).toContain('Chain is at: block 1,234,566')
    // A node that stops at the height gets no file from govstream.
    expect(factsOf('upgrade_halt_reached')).not.toContain('File: written')
  })

  it('has accounts and a quorum as on the chain that it is about', () => {
    const { lines, facts } = messageOf(exampleOf('not_voted', { ...options, system: 'cosmos', contract: 'gov' }))
    expect(lines.join('\n')).toMatch(/who have not voted: cosmos1/)
    expect(facts.map(({ name, value }) => `${name}: ${value}`)).toStrictEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Proposer: cosmos1/),
        'Quorum: 4,000,000 GOV of all votes, not reached, 648,000 GOV missing',
      ]),
    )
  })

  it('uses the current time', () => {
    expect(messageOf(exampleOf('upgrade_scheduled', options)).lines[1]).toBe(
      'Block 1,234,567 comes in about 3 h 20 min, Thu 13:05 UTC: 4,000 blocks to go.',
    )
  })
})
