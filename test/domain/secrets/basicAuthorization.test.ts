import { describe, expect, it } from 'vitest'
import { basicAuthorization } from '../../../src/domain/secrets/basicAuthorization.js'

describe('basicAuthorization', () => {
  it.each([
    ['user and password', 'https://me:secret@example.org/', 'me:secret'],
    ['percent-encoded characters', 'https://me:p%40ss%C3%BC@example.org/', 'me:p@ssü'],
    ['a stray percent sign as it stands', 'https://me:50%off@example.org/', 'me:50%off'],
    ['a user alone', 'https://token@example.org/', 'token:'],
  ])('carries %s', (_, url, credentials) => {
    const { authorization = '' } = basicAuthorization(new URL(url))

    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(credentials)
  })

  it('is empty if the URL has neither', () => {
    expect(basicAuthorization(new URL('https://example.org/'))).toStrictEqual({})
  })
})
