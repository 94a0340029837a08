import { describe, expect, it } from 'vitest'
import { roleOf, sessionFor, sessionSeconds } from '../../src/server/session.js'

const tokens = { read: 'token-that-reads', write: 'token-that-writes' }
const now = 1_800_000_000_000
const session = sessionFor('write', tokens.write, now)

describe('a session', () => {
  it('allows what its token allows, for thirty days', () => {
    expect(roleOf(session, tokens, now)).toBe('write')
    expect(roleOf(session, tokens, now + sessionSeconds * 1000 - 1)).toBe('write')
    expect(roleOf(session, tokens, now + sessionSeconds * 1000)).toBeUndefined()
    expect(roleOf(sessionFor('read', tokens.read, now), tokens, now)).toBe('read')
  })

  it('ends with its token', () => {
    expect(roleOf(session, { ...tokens, write: 'another-token' }, now)).toBeUndefined()
    expect(roleOf(session, { read: tokens.read }, now)).toBeUndefined()
  })

  it('contains no token', () => {
    expect(session).not.toContain(tokens.write)
  })

  it.each([
    ['raised', sessionFor('read', tokens.read, now).replace('read', 'write')],
    ['made longer', session.replace(/\d{10}/, '9999999999')],
    ['signed by the other token', sessionFor('write', tokens.read, now)],
    ['cut', session.slice(0, -1)],
    ['empty', ''],
    ['of another kind', 'write.1800000000'],
  ])('that is %s is invalid', (_, changed) => {
    expect(roleOf(changed, tokens, now)).toBeUndefined()
  })
})
