import { describe, expect, it } from 'vitest'
import { createRedaction } from '../../src/config/createRedaction.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { minimal } from '../support/configs.js'

const withToken = (token: string) =>
  parseConfig(minimal({ rpc: { urls: ['http://127.0.0.1:8545'], headers: { authorization: `Bearer ${token}` } } }))

describe('createRedaction', () => {
  it('also hides the secrets of the former configuration, whose last requests may still be in progress', () => {
    const { conceal, cover } = createRedaction(withToken('first-token'), {})
    expect(conceal('first-token, second-token')).toBe('(secret), second-token')
    cover(withToken('second-token'))
    expect(conceal('first-token, second-token')).toBe('(secret), (secret)')
  })

  it('keeps a bounded number of former configurations', () => {
    const { conceal, cover } = createRedaction(withToken('first-token'), {})
    for (let round = 0; round < 100; round++) cover(withToken('second-token'))
    expect(conceal('first-token, second-token')).toBe('(secret), (secret)')
    for (let round = 0; round < 10; round++) cover(withToken(`token-number-${round}`))
    expect(conceal('first-token, token-number-9')).toBe('first-token, (secret)')
  })

  it('keeps the secrets in use, however many configurations are rejected', () => {
    const { conceal, cover } = createRedaction(withToken('first-token'), {})
    for (let round = 0; round < 20; round++) {
      const uncover = cover(withToken(`refused-${round}`))
      uncover()
      uncover()
    }
    expect(conceal('first-token, refused-19')).toBe('(secret), refused-19')
  })
})
