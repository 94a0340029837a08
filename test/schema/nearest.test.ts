import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/schema/nearest.js'

const known = ['pollInterval', 'proposalTimeout', 'finality', 'url', 'cors', 'urls']

describe('nearest', () => {
  it.each([
    ['pollIntervall', 'pollInterval'],
    ['poll-interval', 'pollInterval'],
    ['POLL_INTERVAL', 'pollInterval'],
    ['finalty', 'finality'],
    ['ulr', 'url'],
    ['ulrs', 'urls'],
    ['finailty', 'finality'],
    ['port', undefined],
    ['curl', 'url'],
    ['timeout', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('maps %s to %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant)
  })
})
