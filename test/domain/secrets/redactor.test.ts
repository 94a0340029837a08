import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from '../../../src/domain/secrets/redactor.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('redactor', () => {
  it.each<readonly [string, string, readonly string[]]>([
    [
      'a short password and its user',
      'https://alice9:pw1!@node.example/',
      ['pw1!', 'pw1%21', 'alice9', base64('alice9:pw1!'), base64('pw1!'), `Basic ${base64('alice9:pw1!')}`],
    ],
    ['a password with an empty user', 'https://:s3cr@node.example/', ['s3cr', base64(':s3cr'), base64('s3cr')]],
    [
      'letters that are not Latin',
      'https://u5er:p%C3%A4ss%E4%B8%AD@node.example/',
      ['päss中', 'p%C3%A4ss%E4%B8%AD', 'p%c3%a4ss%e4%b8%ad', base64('u5er:päss中'), 'p\\u00e4ss\\u4e2d'],
    ],
    [
      'a short part of the path',
      'https://node.example/v3/k3y5',
      ['k3y5', 'GET /v3/k3y5', '%2Fv3%2Fk3y5', '"\\/v3\\/k3y5"'],
    ],
    [
      'a value of the query',
      'https://node.example/?apikey=a%2Bb%2Fc%3D',
      ['a+b/c=', 'a%2Bb%2Fc%3D', 'a%2bb%2fc%3d', 'a+b\\/c='],
    ],
    [
      'a plain word as a value, if its name says that it is secret',
      'https://node.example/?token=mainnet',
      ['token=mainnet'],
    ],
    ['a query that is nothing but a key', 'https://node.example/?k3yk3y', ['k3yk3y']],
    ['the hex of a revert', 'https://node.example/v3/k3y5', ['0x08c379a06b337935206f', '6B337935']],
    [
      'a part that became a host name',
      'https://node.example/v3/K3y5aBc',
      ['k3y5abc.evil.example', 'K3Y5ABC.EVIL.EXAMPLE'],
    ],
  ])('hides %s in every form', (_what, url, echoes) => {
    const conceal = redactor({ urls: [url] })
    for (const echo of echoes) {
      const shown = conceal(`the server says: ${echo} (${JSON.stringify(echo)})`)
      expect(shown).toContain('(secret)')
      expect(shown).not.toContain(echo)
    }
  })

  it.each<readonly [string, string, string]>([
    [
      'parts of a path that are public',
      'https://node.example/v3/eth-mainnet/rpc',
      'GET /v3/eth-mainnet/rpc: no such method of rpc v3 on mainnet',
    ],
    ['the name of a channel', 'https://gateway.example/slack', 'slack takes no notifications'],
    ['a chain id', 'https://node.example/84532?chain=84532', 'block 84532 of chain 84532'],
    ['a common user name', 'https://admin:t0p5ecret@node.example/', 'execution reverted: admin only'],
    ['a word that is part of another', 'https://u5er:test@node.example/', 'the latest block was contested'],
    ['parts of three letters', 'https://node.example/abc', 'abcabc'],
  ])('leaves %s', (_what, url, text) => {
    expect(redactor({ urls: [url] })(text)).toBe(text)
  })

  it('keeps public names and their words, and hides longer words with a secret', () => {
    const urls = [
      'https://gateway.example/room/ops-room',
      'https://ntfy.example/room-k3y5',
      'https://node.example/quay',
    ]
    const conceal = redactor({ urls, names: ['ops-room-on-call', 'quayside'] })
    expect(conceal('ops-room-on-call: the ops-room of room-k3y5 is full; quayside and quay')).toBe(
      'ops-room-on-call: the ops-room of (secret) is full; quayside and (secret)',
    )
  })

  it('hides a plain word where it stands alone, even after an escape', () => {
    const conceal = redactor({ urls: ['https://u5er:test@node.example/'] })
    expect(conceal('no user test; path=%2Ftest; {"a":"\\ntest"}')).toBe(
      'no user (secret); path=%2F(secret); {"a":"\\n(secret)"}',
    )
  })

  it('hides the beginning of a secret that was cut off', () => {
    const conceal = redactor({ urls: ['https://node.example/v3/k3y5aBcD9eFgH'] })
    expect(conceal('GET /v3/k3y5aBcD9e')).toBe('GET /v3/(secret)')
    expect(conceal('GET /v3/k3y5aBcD…')).toBe('GET /v3/(secret)')
    expect(conceal('GET /v3/k3y5aBcD9eFg…')).toBe('GET /v3/(secret)')
    expect(conceal('GET /v3/k3y5aBcD9eFgH…')).toBe('GET /v3/(secret)…')
    expect(conceal('the key is of no use')).toBe('the key is of no use')
  })

  it('hides header values, with and without their scheme, and decoded basic credentials', () => {
    const conceal = redactor({ urls: [], headers: ['Bearer t0k3n', `Basic ${base64('bob7:h1dden')}`] })
    expect(conceal(`Bearer t0k3n / t0k3n / ${base64('t0k3n')} / ${base64('bob7:h1dden')} / h1dden / bob7`)).toBe(
      '(secret) / (secret) / (secret) / (secret) / (secret) / (secret)',
    )
  })

  it('does not redact twice', () => {
    const conceal = redactor({ urls: ['https://u5er:secret@node.example/v1/k3yk3y'] })
    expect(conceal(conceal('secret and k3yk3y'))).toBe('(secret) and (secret)')
  })

  // A URL reads `%00` in a password as an escape: that is another secret, and has to be written `%2500`.
  const secret = fc
    .string({ minLength: 4, maxLength: 40, unit: 'grapheme' })
    .filter(
      (text) => !/^[\s(]|^[a-zA-Z]+$|[\ud800-\udfff]|secret|%[0-9a-fA-F]{2}/u.test(text) && text.trim().length >= 4,
    )

  it('hides every form of every secret in any context', () => {
    fc.assert(
      fc.property(secret, secret, fc.string(), fc.string(), (user, password, before, after) => {
        const url = new URL('https://node.example/v3')
        url.username = user
        url.password = password
        const conceal = redactor({ urls: [url.href], secrets: [password], headers: [`Bearer ${password.trim()}`] })
        const forms = [
          password,
          encodeURIComponent(password),
          url.password,
          base64(password),
          base64(`${user}:${password}`),
          JSON.stringify(password).slice(1, -1),
          Buffer.from(password).toString('base64url'),
        ]
        for (const form of forms) {
          const shown = conceal(`${before}|${form}|${after}`)
          expect(shown).toContain('(secret)')
          expect(shown.includes(`|${form}|`)).toBe(false)
        }
      }),
    )
  })
})
