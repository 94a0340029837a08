import { describe, expect, it } from 'vitest'
import { findUnrouted } from '../../src/notify/findUnrouted.js'

const chains = [
  { name: 'main', system: 'governor' },
  { name: 'test', system: 'cosmos' },
]
const unrouted = (...matches: readonly Readonly<Record<string, string>>[]) =>
  findUnrouted({ rules: matches.map((match) => ({ match })), chains, priorities: { hook_ran: 'critical' } })

describe('findUnrouted', () => {
  it('finds nothing if there are no routes, or the last one matches everything', () => {
    expect(unrouted()).toStrictEqual([])
    expect(unrouted({ title: 'x' }, {})).toStrictEqual([])
    expect(unrouted({ chain: 'main' }, { system: 'cos*' })).toStrictEqual([])
  })

  it('lists what no rule is sure to match, with the configured priorities', () => {
    const found = unrouted({ priority: 'high' }, { title: 'x', chain: 'test' }, { chain: 'main' })
    expect(found).toContain('new_proposal of test')
    expect(found).not.toContain('new_proposal of main')
    expect(found).not.toContain('source_down of test')
    expect(found).not.toContain('hook_ran of test')
  })
})
