import { describe, expect, it } from 'vitest'
import { type Traits, traitsOf } from '../../src/notify/traitsOf.js'
import { compileMatch, matchProblem } from '../../src/notify/match.js'
import { notification } from '../support/storeGiven.js'

const traits: Traits = {
  chain: 'mainnet',
  system: 'governor',
  event: 'new_proposal',
  type: 'upgrade',
  priority: 'high',
  titles: ['New proposal: Emergency: move to v2', 'Emergency: move to v2'],
  subject: 'mainnet/0xa1/7',
  labels: { team: 'core' },
}
const fits = (key: string, value: string): boolean => compileMatch({ [key]: value })(traits)

describe('compileMatch', () => {
  it.each([
    ['chain', 'mainnet', true],
    ['chain', 'main', false],
    ['chain', 'Mainnet', false],
    ['chain', 'main*', true],
    ['chain', '*net', true],
    ['chain', '*ai*ne*', true],
    ['chain', 'mainnet*', true],
    ['chain', 'mainn*nnet', false],
    ['chain', '*', true],
    ['chain', 'm.*', false],
    ['system', 'governor', true],
    ['event', 'new_proposal', true],
    ['event', '*_proposal', true],
    ['event', 'upgrade_*', false],
    ['type', 'upgrade', true],
    ['priority', 'low', true],
    ['priority', 'high', true],
    ['priority', 'critical', false],
    ['title', 're2:(?i)emergency', true],
    ['title', 're2:emergency', false],
    ['title', 're2:^Emergency', true],
    ['title', 'Emergency: move to v2', true],
    ['title', 'New proposal: *', true],
    ['subject', 'mainnet/0xa1/7', true],
    ['label.team', 'core', true],
    ['label.team', 'c*', true],
    ['label.tier', '*', false],
    ['label.toString', '*', false],
  ])('%s: %s -> %s', (key, value, expected) => {
    expect(matchProblem(key, value)).toBeUndefined()
    expect(fits(key, value)).toBe(expected)
  })

  it('requires every entry to match, and matches everything without entries', () => {
    expect(compileMatch({})(traits)).toBe(true)
    expect(compileMatch({ chain: 'main*', priority: 'medium' })(traits)).toBe(true)
    expect(compileMatch({ chain: 'main*', priority: 'critical' })(traits)).toBe(false)
  })

  it('does not match a trait that a notification does not have', () => {
    const down = traitsOf(notification('d', { event: 'source_down', data: {} }), () => undefined)
    expect(compileMatch({ type: '*' })(down)).toBe(false)
    expect(compileMatch({ system: '*' })(down)).toBe(false)
    expect(compileMatch({ subject: 'local' })(down)).toBe(true)
  })

  it('matches a pattern that makes backtracking engines hang', () => {
    const hostile = { ...traits, titles: [`${'a'.repeat(5_000)}!`] }
    expect(compileMatch({ title: 're2:^(a+)+$' })(hostile)).toBe(false)
    expect(compileMatch({ title: `${'*a'.repeat(200)}*b` })(hostile)).toBe(false)
  })
})

describe('traitsOf', () => {
  it('uses the system of the chain and the type upgrade if the notification names none', () => {
    const about = notification('u', { event: 'upgrade_scheduled', data: { proposalId: '7', contract: '0xa1' } })
    expect(traitsOf(about, (chain) => `system of ${chain}`)).toMatchObject({
      system: 'system of local',
      type: 'upgrade',
      subject: 'local/0xa1/7',
    })
  })
})

describe('matchProblem', () => {
  it.each([
    ['chian', 'main', 'unknown key; did you mean chain?'],
    ['label.', 'x', 'unknown key; known here: chain, system, event, type, priority, title, subject and label.NAME'],
    ['priority', 'urgent', 'expected the least priority, one of low, medium, high, critical'],
    ['priority', 'h*', 'expected the least priority, one of low, medium, high, critical'],
    ['title', 're2:(', 'expected a regular expression of RE2 after re2:; missing closing )'],
    ['title', 're2:(?=x)', 'expected a regular expression of RE2 after re2:; invalid or unsupported Perl syntax'],
    ['event', 'new_propsal', 'expected an event or a pattern that fits one; did you mean new_proposal?'],
    ['event', 'ballot_*', 'expected an event or a pattern that fits one'],
    ['type', 'upgrades', 'expected an existing type or a pattern that fits one; did you mean upgrade?'],
  ])('%s: %s is rejected', (key, value, problem) => {
    expect(matchProblem(key, value)).toBe(problem)
  })
})
